package seed

// What the demo shop sells and who buys there, one item a line.

const coffees = `Ethiopia Yirgacheffe: jasmine, bergamot and lemon
Ethiopia Guji Natural: blueberry and cocoa
Kenya Nyeri AA: blackcurrant and tomato leaf
Rwanda Nyungwe: red apple and honey
Burundi Kayanza: orange and black tea
Tanzania Peaberry: grapefruit and brown sugar
Colombia Huila: red berries and caramel
Colombia Nariño: panela and mandarin
Brazil Cerrado: hazelnut and milk chocolate
Brazil Sul de Minas: almond and nougat
Guatemala Antigua: dark chocolate and plum
Guatemala Huehuetenango: toffee and green apple
Costa Rica Tarrazú: honey and apricot
Peru Cajamarca: vanilla and walnut
Mexico Chiapas: cocoa and dried fig
Sumatra Mandheling: cedar and dark cherry
India Monsooned Malabar: spice and tobacco
Yemen Haraz: date, cardamom and wine
House Espresso: dark chocolate and roasted almond
Decaf Colombia: caramel and orange peel`

const teas = `Darjeeling First Flush: muscatel and spring meadow
Darjeeling Second Flush: muscatel and honey
Assam Golden Tips: malt and dried fruit
Ceylon Uva: menthol and citrus
Nilgiri Frost: rose and pear
Earl Grey: bergamot and black tea
English Breakfast: malt and oak
Lapsang Souchong: pine smoke and cocoa
Keemun: orchid and dark chocolate
Yunnan Gold: sweet potato and pepper
Sencha: fresh grass and sea
Gyokuro: umami and sweet pea
Genmaicha: toasted rice
Hojicha: caramel and hazelnut
Matcha Ceremonial: cream and spinach
Dragon Well: chestnut and asparagus
Jasmine Pearls: jasmine blossom
Gunpowder: smoke and mint
White Peony: melon and cucumber
Silver Needle: honeysuckle
Iron Goddess: lilac and butter
Milk Oolong: cream and orchid
Dong Ding: roasted nuts and caramel
Rooibos Vanilla: vanilla and redbush
Peppermint: cool mint`

const wares = `Pour-over dripper: For one or two cups, made of porcelain
Paper filters, 100 pieces: Rinsed with oxygen, free of taste
French press: Holds one litre, with double walls
Moka pot: For three cups, made of aluminium
Espresso tamper: 58 mm, with an oak handle
Hand grinder: Conical steel burrs, 20 steps
Electric grinder: Flat burrs, grinds for press and portafilter
Gooseneck kettle: Holds the temperature to the degree
Kitchen scale: Weighs to a tenth of a gram, with a timer
Milk jug: 350 ml, stainless steel
Cappuccino cups, set of two: Thick walls keep the warmth
Espresso cups, set of four: Stoneware from a small pottery
Cast iron teapot: 0.8 litres, enamelled inside
Glass teapot: With a large sieve, 1.2 litres
Matcha whisk: Cut from one piece of bamboo
Matcha bowl: Thrown by hand
Tea sieve: Fits every cup
Tea tin: Keeps 100 g fresh
Travel mug: Keeps drinks hot for six hours
Gift box: Room for three packets and a card`

const (
	firstNames  = "Anna Jonas Mia Lukas Clara Felix Emma Noah Lina Paul Sophie Elias Ida Oskar Greta Theo Nora Emil Zoé Henri Maya Liam Eva Arthur Lotte"
	lastNames   = "Becker Schäfer Weber Novak Meyer Janssen Dubois Martin Keller Huber Gruber Bauer Smit Peeters Taylor Walker Hoffmann Krüger Lindner Vogel Brandt Sørensen Frank Winter Roth"
	streetNames = `Lindenstraße
Hafenweg
Am Markt
Bergstraße
Rue des Tilleuls
Kerkstraat
Station Road
Gartenweg
Mühlgasse
Schulstraße
Parkallee`
	cities = `DE 10115 Berlin
DE 20095 Hamburg
DE 50667 Köln
DE 80331 München
DE 04109 Leipzig
AT 1010 Wien
AT 8010 Graz
CH 8001 Zürich
NL 1012 Amsterdam
BE 1000 Brussels
FR 75001 Paris
GB SW1A London
DE 70173 Stuttgart`
)
