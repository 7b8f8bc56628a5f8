<?php

// Renders one of our benchmark templates with PHP's Twig, as twig/bench_test.go does with
// ours, and prints the nanoseconds of a render, the median of many batches, and the bytes of
// the output.
//
//	php -d opcache.enable_cli=1 render.php TEMPLATES CACHE TEMPLATE BATCHES RENDERS
//
// Templates are compiled to PHP files in CACHE, which opcache keeps; none is looked up again
// after the warm-up. The clock is read once a batch: it takes as long as a small render.

require_once 'Twig/autoload.php';

[, $templates, $cache, $name, $batches, $renders] = $argv;

$opcache = function_exists('opcache_get_status') ? opcache_get_status(false) : false;
if (!$opcache || !$opcache['opcache_enabled']) {
    fwrite(STDERR, "opcache is off\n");
    exit(1);
}

$products = $navigation = $filters = [];
for ($i = 0; $i < 50; ++$i) {
    $products[] = [
        'name' => "Product <$i> & more", 'url' => "https://shop.example/product/$i", 'price' => 9.99 + $i,
        'stock' => $i % 4, 'tags' => ['new', 'sale & offer', "t$i"],
    ];
}
for ($i = 0; $i < 8; ++$i) {
    $navigation[] = ['title' => "Category $i", 'path' => "/c/$i", 'active' => 2 === $i];
    $filters[] = ['name' => "f$i", 'label' => "Filter $i", 'count' => $i * 7];
}
$page = [
    'shop' => [
        'name' => 'Shop & Co', 'description' => 'Everything <you> need', 'url' => 'https://shop.example', 'theme' => 'plain', 'locale' => 'en',
        'currency' => 'EUR', 'address' => ['1 Main Street', '12345 Town'],
    ],
    'category' => ['title' => 'All "products"', 'text' => "First line\nsecond line"], 'year' => 2026,
    'products' => $products, 'navigation' => $navigation, 'filters' => $filters,
    'customer' => ['name' => 'Ann <b>', 'points' => 120],
];
$vars = 'script.twig' === $name ? [] : $page;

$env = new Twig\Environment(new Twig\Loader\FilesystemLoader($templates), ['cache' => $cache, 'auto_reload' => false]);
$template = $env->load($name);

$times = [];
for ($i = -$batches; $i < $batches; ++$i) { // the first half is the warm-up
    $start = hrtime(true);
    for ($j = 0; $j < $renders; ++$j) {
        $out = $template->render($vars);
    }
    if ($i >= 0) {
        $times[] = (hrtime(true) - $start) / $renders;
    }
}
sort($times);
printf("%.0f %d\n", $times[intdiv(count($times), 2)], strlen($out));
