package main

import "github.com/appdock/appdock/manifest"

// explanation of a code that some part of the program prints.
type explanation struct {
	Code    string `json:"code"`
	Meaning string `json:"meaning"`
	Cause   string `json:"cause"`
	Cure    string `json:"cure"`
}

// explanations are of all codes: those of the protocol, Appdock's own, and those of findings
// about apps. Tests read the sources and fail if one is missing.
func explanations() []explanation {
	all := append(wireExplanations(), ownExplanations()...)
	for _, f := range manifest.Findings() {
		all = append(all, explanation{f.Code, f.Meaning, "It was found in the app; the message names the place.", f.Cure})
	}
	return append(append(all, oauthExplanations()...), signatureExplanations()...)
}

func ownExplanations() []explanation {
	return []explanation{
		{
			"ADK-ADDRESS-REFUSED", "The host may not call this address.",
			"In production, calls to loopback, private and link-local addresses are refused.",
			"Give the app a public address, or allow the range in network.allow.",
		},
		{
			"ADK-APP-ENTITIES", "The custom entities of the app do not fit into the shop.",
			"A name is taken, is none for a custom entity, or two names come to the same property of the API.",
			"Correct Resources/entities.xml; `appdock app validate` shows the places.",
		},
		{
			"ADK-APP-ENTITY-TAKEN", "The app brings an entity that another app has already.",
			"Another app uses the name, or its data was kept when it was uninstalled.",
			"Uninstall the other app without keeping its data, or give the entity another name.",
		},
		{
			"ADK-APP-RESTRICTS", "The app cannot be deactivated.",
			"Its entities forbid that records they lead to are deleted (on-delete restrict), and somebody has to see to that.",
			"Uninstall the app, with --keep-user-data to keep its records.",
		},
		{
			"ADK-APP-CHANGED", "Somebody else changed the app meanwhile.",
			"Two operations on it ran at the same time.", "Look at the app again and repeat what you wanted to do.",
		},
		{
			"ADK-APP-DOWNGRADE", "An app cannot be updated to an older version.",
			"The version on disk is lower than the one that is installed.",
			"Uninstall the app and install the older version, or publish its content under a newer one.",
		},
		{
			"ADK-APP-INSTALLED", "An app of that name is there already.",
			"It was installed meanwhile.", "See the installed apps with `appdock app list`.",
		},
		{
			"ADK-APP-INVALID", "The app's manifest has faults.",
			"The lines above the message name each with its place.", "Mend them; --no-validate lets pass what can still be read.",
		},
		{
			"ADK-APP-NAME", "The name of the app's server leads nowhere.",
			"The host name has no address, or the name service does not answer.", "Compare the host name in the manifest.",
		},
		{
			"ADK-APP-NO-SERVER", "The app has no server that could be given a secret.",
			"Its manifest has no <setup>.", "There is nothing to do; an update that brings a <setup> registers the app.",
		},
		{
			"ADK-APP-NOT-HTTP", "What the app's server answered is no HTTP.",
			"Another program listens on that port, or it expects TLS.", "Compare scheme and port in the manifest.",
		},
		{
			"ADK-APP-NOT-READY", "The app is not completely installed.",
			"Its registration was interrupted, and nobody knows whether the app took its secret.",
			"Install the app again: that finishes its registration.",
		},
		{
			"ADK-APP-REFUSED", "Nobody listens at the app's address.",
			"The app's server does not run, or listens on another port.", "Start it, and compare the port in the manifest.",
		},
		{
			"ADK-APP-TIMEOUT", "The app's server did not answer in time.",
			"Registration has 5 seconds, a webhook 10.", "Look into the log of the app's server; let it answer first and work later.",
		},
		{
			"ADK-APP-TLS", "The connection to the app's server is not trusted.",
			"Its certificate is expired, for another name, or signed by somebody unknown.", "Renew the certificate, or add its authority to this machine.",
		},
		{
			"ADK-APP-UNREACHABLE", "The app's server cannot be reached.",
			"There is no way to its network, or the connection broke.", "See that this machine can reach it.",
		},
		{
			"ADK-APP-UNKNOWN", "No app of that name is installed.",
			"The name is misspelt, or the app was uninstalled.", "See the installed apps with `appdock app list`.",
		},
		{
			"ADK-APP-URL", "The app's URL cannot be called.",
			"It is no absolute http or https URL.", "Correct it in the manifest.",
		},
		{
			"ADK-CALL-MALFORMED", "The host does not understand what the command line sent.",
			"They are of different versions.", "Use the command line that the host was started with.",
		},
		{
			"ADK-CLIENT-UNKNOWN", "There is no API client with this access key.",
			"The app was uninstalled, or got another key since.", "Let the app use the key of its latest registration.",
		},
		{
			"ADK-CONFIG-INVALID", "Settings of the host are wrong.",
			"The message names each of them.", "Correct the named settings.",
		},
		{
			"ADK-MANIFEST-EXISTS", "The manifest that was to be written is there already.",
			"`appdock app convert` writes over nothing.", "Remove the file, or move it away; it may be somebody's work.",
		},
		{
			"ADK-APP-EXISTS", "The folder of the new app is there already.",
			"A new app is never written over what is there.", "Choose another name, or remove the folder.",
		},
		{
			codeConsentNeeded, "The app asks for permissions or hosts that nobody accepted.",
			"The command cannot ask, or what was accepted is not what the app asks for now.",
			"Look at them, then accept them with --yes, or with --accept-permissions and --accept-hosts.",
		},
		{
			codeConsentRefused, "Somebody was asked and said no.",
			"An empty answer, the end of the input and three unusable answers are a no, too.", "Run the command again to decide anew.",
		},
		{
			"ADK-BACKUP-DAMAGED", "A backup was cut off or changed.",
			"It was not copied whole, or its disk failed. Nothing of it was restored.", "Copy it again from where it was made, or take another backup.",
		},
		{
			"ADK-BACKUP-EXISTS", "There is a file of the name that a backup was to get.",
			"A backup replaces nothing.", "Choose another name, or remove the file.",
		},
		{
			"ADK-BACKUP-FOREIGN", "The file is no backup.",
			"It was not made by `appdock backup`, or its beginning is lost.", "Name a file that `appdock backup` made.",
		},
		{
			"ADK-BACKUP-UNREADABLE", "The backup cannot be opened.",
			"There is no such file, or this user may not read it.", "Correct the name, or give the user the right to read it.",
		},
		{
			"ADK-BACKUP-UNWRITABLE", "The backup cannot be written.",
			"Its folder is missing, full or not writable, or its file system knows no links.", "Choose a folder that this user may write to, with room for twice the database and for the files of media.",
		},
		{
			"ADK-DATA-DAMAGED", "The database of the host is damaged.",
			"The disk failed, or something else wrote into the file.", "Restore the data folder from a backup.",
		},
		{
			"ADK-DATA-LOCKED", "Another Appdock uses the data folder.",
			"Only one process may have it at a time; the message names it.", "Stop that process, or choose another folder with --data.",
		},
		{
			"ADK-DATA-NEWER", "The database was made by a newer Appdock.",
			"This program does not know its tables.", "Use the newer program, or another folder with --data.",
		},
		{
			"ADK-DATA-UNWRITABLE", "The data folder cannot be used.",
			"It cannot be made, read or written by this user.", "Give the user the right to it, or choose another folder with --data.",
		},
		{
			"ADK-DATABASE-DSN", "The address of the PostgreSQL database cannot be read.",
			"It has another form than PostgreSQL knows, most often because the password has a sign that must be encoded, or it names a file that is not there.",
			"Write postgres://USER:PASSWORD@HOST:5432/DATABASE, with what is special in the password percent-encoded (@ as %40, / as %2F).",
		},
		{
			"ADK-DATABASE-ELSEWHERE", "The data of the data folder is not where the configuration says.",
			"It is in a PostgreSQL database and the setting database is missing, or in a file of the folder and the setting names a server.",
			"Give the setting that belongs to the folder, or choose another folder with --data.",
		},
		{
			"ADK-DATABASE-LOCKED", "Another Appdock uses the PostgreSQL database.",
			"A database has one host at a time, which holds a lock in it for as long as it runs.",
			"Stop the other host, or give this one a database of its own.",
		},
		{
			"ADK-DATABASE-MISSING", "The PostgreSQL server has no database of that name.",
			"The name is misspelt, or nobody has made it yet.", "Make it with createdb, or correct the address.",
		},
		{
			"ADK-DATABASE-OLD", "The PostgreSQL server is too old.",
			"It is older than PostgreSQL 13, the oldest version that a host works with.", "Upgrade the server, or name another one.",
		},
		{
			"ADK-DATABASE-READONLY", "The PostgreSQL database cannot be written.",
			"It is a standby, or the role may not create tables in it; the message says which.",
			"Name the primary server and a role that owns the database.",
		},
		{
			"ADK-DATABASE-REFUSED", "The PostgreSQL server refuses the credentials.",
			"User or password are wrong, or its pg_hba.conf does not let them in from here.",
			"Check user and password of the address, and the server's pg_hba.conf.",
		},
		{
			"ADK-DATABASE-SERVER", "The command does not work on a PostgreSQL database.",
			"The database's own tools do that: pg_dump and pg_restore.", "Use them, and keep the key file of the data folder with what they write.",
		},
		{
			"ADK-DATABASE-TAKEN", "Another Appdock has taken over the PostgreSQL database.",
			"This host lost its connection, and another one was started before it came back.",
			"Run one host on a database: stop this one, or the other and start this one again.",
		},
		{
			"ADK-DATABASE-UNREACHABLE", "The PostgreSQL database cannot be reached.",
			"The server does not run or does not answer, or host and port are wrong.",
			"Start the server: a host that runs already goes on by itself, and nothing that it accepted is lost.",
		},
		{
			"ADK-DATABASE-UNSURE", "Nobody knows whether something was stored.",
			"The PostgreSQL server was lost while it committed: all of it is stored, or nothing.",
			"Look when the database is there again, and repeat what is not.",
		},
		{
			"ADK-DELIVERY-UNKNOWN", "There is no delivery with this id.",
			"The id is misspelt, or its time in the log is over.", "See the deliveries with `appdock delivery list`.",
		},
		{
			"ADK-DELIVERY-OPEN", "A delivery that shall be sent again is still to be sent.",
			"It waits for its next attempt, or is parked for a webhook that is not healthy.", "Wait, or resume the webhook with `appdock webhook resume`.",
		},
		{
			"ADK-EVENT-UNKNOWN", "There is no event of this name that apps can hear.",
			"The name is misspelt, or apps cannot subscribe to that event.", "`appdock app validate` proposes names for those in a manifest.",
		},
		{
			"ADK-EVENT-OF-LIFE", "The event is about the life of one app, and is not made up.",
			"Apps act on it: one that hears of its uninstall forgets its shop.", "Cause it with the command for that step, such as `appdock app deactivate`.",
		},
		{
			"ADK-INPUT-UNREADABLE", "A file that an argument names cannot be read.",
			"It is not there, it is a folder, or its rights forbid it; the message says which.", "Name a file that is there and that you may read.",
		},
		{
			"ADK-PAYLOAD-INVALID", "The data of an event cannot be sent.",
			"It is no JSON, larger than 1 MiB, or of another form than the event has.", "Leave the payload out, and look at the sample with `appdock delivery show`.",
		},
		{
			"ADK-URL-INVALID", "A copy of a delivery cannot be sent to this URL.",
			"It is no http or https URL with a host, or has a password in it.", "Give one such as https://example.com/hook.",
		},
		{
			"ADK-NOT-AN-APP", "Only an app has webhooks of its own.",
			"The token belongs to an operator's client.", "Ask with the credentials of the app's last confirmation.",
		},
		{
			"ADK-WEBHOOK-PAUSED", "The webhook was disabled by an operator.",
			"An app cannot overrule a person.", "Ask the merchant to resume it: `appdock webhook resume`.",
		},
		{
			"ADK-FILE-MISSING", "The file of a media record is not in the data folder.",
			"It was removed there, or the folder was restored without its files: a backup holds the database, not the folder files.",
			"Copy the folder files of the old data folder beside the database, or upload the file again.",
		},
		{
			"ADK-UPLOAD-DAMAGED", "An app's folder that was sent to a host cannot be unpacked there.",
			"It was cut off on the way, or packed by something other than `appdock`.", "Send it again, with a command line of the host's version.",
		},
		{
			"ADK-UPLOAD-LARGE", "An app's folder is too large to be sent to a host.",
			"It holds more than the app: sources, caches, packages.", "Leave these out, or install on the host's own machine.",
		},
		{
			"ADK-RIGHTS-MISSING", "The person who is logged in may not do that.",
			"It needs a privilege that they do not have; the message names it.", "Ask an owner of the shop to do it, or for the privilege.",
		},
		{
			"ADK-VERIFY-UNKNOWN", "The call is not one of the host to itself.",
			"The path /api/app-system/shop/verify is for `appdock doctor`, whose calls show a token of the moment; or the call was for another host.",
			"Run `appdock doctor`, which says where the shop's URL leads.",
		},
		{
			"ADK-DATA-INVALID", "The variables for a template cannot be read.",
			"The file is no JSON object, nested too deeply, or larger than 16 MiB.", "Write one JSON object.",
		},
		{
			"ADK-TWIG", "A template cannot be rendered.",
			"It has a fault, something that it uses is not there, or it went over a limit; the message names template and line.", "Mend it; `appdock twig check` finds all syntax errors of a folder.",
		},
		{
			"ADK-LOGIN-FAILED", "The name or the password is wrong.",
			"Which of both is told to nobody.", "Try again, or ask the operator for a new link.",
		},
		{
			"ADK-LOGIN-NEEDED", "Nobody is logged in.",
			"The session has ended, or there was none.", "Log in.",
		},
		{
			"ADK-LOGIN-THROTTLED", "Too many log-ins failed.",
			"Guessing passwords is made slow, for an account and for an address.", "Wait for the seconds that the message names.",
		},
		{
			"ADK-INVITATION-DEAD", "A link to choose a password is good no more.",
			"It was used, replaced by a newer one, or is older than a day.", "Ask the operator for a new one.",
		},
		{
			"ADK-PASSWORD-WEAK", "A password cannot be used.",
			"It is shorter than 12 characters, or easy to guess.", "Choose a longer one; a few unrelated words are good.",
		},
		{
			"ADK-USER-INVALID", "A user cannot be created.",
			"A value is missing or wrong; all are named.", "Correct the named values.",
		},
		{
			"ADK-DISK-FULL", "There is no room left on the disk of the data folder.",
			"Nothing new is accepted until there is; what was accepted before is delivered all the same.", "Make room: the host goes on by itself.",
		},
		{
			"ADK-APP-FORMAT", "The app is not read in this format.",
			"A folder has a manifest.xml (shopware) or an app.json (sitepack); at an address there is an app.json alone.",
			"Leave --manifest-format out, or give the one that is there.",
		},
		{
			"ADK-FORMAT-UNSUPPORTED", "The app is not installed from a folder.",
			"It signs in with OAuth instead of registering itself: its vendor's server gives its app.json, and is told of the installation.",
			"Install it by the address of its app.json.",
		},
		{
			"ADK-ANSWER-TOO-LARGE", "A search asked for more records than one answer may have.",
			"Associations of associations load the same records again and again.",
			"Ask for fewer associations, or give them a limit.",
		},
		{
			"ADK-HOST-LOST", "The host ended before it answered.",
			"It was killed or stopped while it worked on the command; what was asked for may be done, half done or not begun.",
			"Start it again, which settles what was half done, and look with `appdock app list`.",
		},
		{
			"ADK-KEY-MISSING", "The data folder has a database and no key file.",
			"The key was lost, or the database was copied without it. What is encrypted in it cannot be read with another key.",
			"Put appdock.key back from a backup.",
		},
		{
			"ADK-HOST-UNREACHABLE", "There is no host to talk to.",
			"None runs on the data folder, and the folder has no shop yet; or nobody answers at the URL of --server, its certificate is not trusted, or it serves no operators.",
			"Start one with `appdock dev`, or name its data folder with --data. A host elsewhere must have control.remote: true; SSL_CERT_FILE names the certificate of an authority of your own.",
		},
		{
			"ADK-HOST-DENIED", "This user may not operate the host.",
			"The socket in the data folder is open to the user of the host alone.",
			"Run the command as that user, such as with sudo -u, or with --server and a token.",
		},
		{
			"ADK-REMOTE", "A host elsewhere cannot be called, or does not take the call, this way.",
			"Tokens cross the net over https only; http is for this machine, and for a trusted proxy that says that it was https before. Or --server is no base URL, or there is no token.",
			"Use https: tls.cert and tls.key, or proxy.trusted. Give a token with --token file:PATH or in APPDOCK_TOKEN.",
		},
		{
			"ADK-TOKEN-INVALID", "No such token can be made.",
			"The label is empty, long or taken, the time that it is good for is wrong, or there are too many tokens.",
			"Give it a short label of its own; end those that nobody needs with `appdock token revoke LABEL`.",
		},
		{
			"ADK-APP-ANOTHER", "The manifest of an app is that of another app now.",
			"The app.json at the address that the app was installed from has another id.",
			"If the vendor renamed the app, uninstall it and install the new one; else ask the vendor. Until then it works on as it is.",
		},
		{
			"ADK-SUBSCRIPTION", "A subscription that an app asked for cannot be made.",
			"Its topic is unknown or needs a scope that the app does not have, its address is no https URL or at a host that nobody consented to, or it is there already.",
			"Correct the fields that the answer names. A host has to stand in the app.json, so that merchants see where data goes.",
		},
		{
			"ADK-SUBSCRIPTIONS", "The app has as many subscriptions of its own as it may.",
			"An app may have 100 beside those of its app.json.",
			"Delete one that nobody needs, or ask for all topics of an entity, such as order.*.",
		},
		{
			"ADK-SUBSCRIPTION-GONE", "There is no such subscription.",
			"It was deleted, is another app's, or stands in the app.json, where it is changed.",
			"List the subscriptions with GET /rest/v1/webhooks.",
		},
		{
			"ADK-APP-FETCH", "There is no app.json at the address.",
			"It gave no answer, another status, or a redirect, which is not followed; the message says which.",
			"Give the https address of the app, or of its app.json. A private address needs network.allow.",
		},
		{
			"ADK-APP-NO-AUTH", "An app without auth cannot be installed by its address.",
			"Its app.json has no auth.redirect_uri, so there is nobody who could be told of the installation.",
			"Add auth.redirect_uri to the app.json.",
		},
		{
			"ADK-APP-UNFINISHED", "The app did not exchange the code that it was given.",
			"Its redirect_uri gave no answer or refused; nothing of the installation is left.",
			"If its vendor needs the client secret first, enter it there and install again; or install on the page /admin/apps/install.",
		},
		{
			"ADK-HOST-INITIATED", "This host lets apps in only if they begin themselves.",
			"oauth.allow_host_initiated is false.",
			"Begin on the pages of the app's vendor.",
		},
		{
			"ADK-OFFERS-OPEN", "Too many apps wait for a decision of the same person.",
			"Each app that was looked at waits for ten minutes.",
			"Decide about one, or wait.",
		},
		{
			"ADK-AUTHORIZE-THROTTLED", "Too many authorizations were begun in a minute.",
			"A log-in may begin thirty in a minute.",
			"Wait as long as the message says.",
		},
		{
			"ADK-CROSS-ORIGIN", "A form of the admin was sent by another site.",
			"The browser says so; such a request could be made without the person's will.",
			"Open the page in the admin and send the form from there.",
		},
		{
			"ADK-PAGE-GONE", "The record whose page was opened is not there.",
			"It was deleted, belongs to another shop, or its address was not copied whole.",
			"Look for it in the list.",
		},
		{
			"ADK-FORM-OLD", "A form of the admin is good no more.",
			"It lay open for more than ten minutes, or belongs to another log-in.",
			"Open the page again and send it from there.",
		},
		{
			"ADK-USER-TAKEN", "The name or the e-mail address is that of another user.",
			"In a shop each is taken once; case does not count.",
			"Choose another one. `appdock user list` lists the users.",
		},
		{
			"ADK-USER-CHANGED", "Somebody else changed the user at the same time.",
			"Nobody's change is lost by another.",
			"Look at the user again and repeat what you wanted to do.",
		},
		{
			"ADK-USER-DISABLED", "The user is disabled.",
			"Who is disabled cannot log in, and so gets no link.",
			"Enable the user with `appdock user enable NAME`.",
		},
		{
			"ADK-USER-LAST-OWNER", "The last owner of a shop stays an owner who can log in.",
			"Nobody could manage its apps and users any more.",
			"Make another owner first with `appdock user create NAME --role owner`.",
		},
		{
			"ADK-TOKEN-LOCAL", "A token cannot make another.",
			"Whoever got hold of a token could make one that outlives its revocation.",
			"Make tokens on the host's own machine with `appdock token create LABEL`.",
		},
		{
			"ADK-TOKEN-REFUSED", "The host does not take the token of an operator.",
			"There was none, or it is misspelt, was revoked, or has expired.",
			"Make another on the host's machine with `appdock token create LABEL`.",
		},
		{
			"ADK-IDEMPOTENCY-KEY-USED", "This idempotency key was used for another request.",
			"A key names one request for good.", "Make a new key for a new request.",
		},
		{
			"ADK-INTERNAL", "Something failed that the program did not expect.",
			"It is a fault of Appdock or of the machine.", "Look into the host's log; report it if it happens again.",
		},
		{
			codeInterrupted, "The command was interrupted.",
			"Ctrl-C was pressed, or the system asked it to end.", "See with `appdock app list` what was done, and run it again.",
		},
		{
			"ADK-KEY-DAMAGED", "The key file of the data folder is damaged.",
			"It was cut or changed.", "Restore appdock.key from a backup: without it the secrets in the database cannot be read.",
		},
		{
			"ADK-KEY-OTHER", "The key file does not fit the database.",
			"One of them was taken from another data folder.", "Restore appdock.key and the database from the same backup.",
		},
		{
			"ADK-KEY-PERMISSIONS", "Others may read the key file.",
			"Its permissions let them.", "Make it readable for its owner alone: chmod 600 appdock.key.",
		},
		{
			"ADK-KEY-UNUSABLE", "The key file of the data folder cannot be used.",
			"It cannot be read or made.", "Give the user the right to it.",
		},
		{
			"ADK-LIVE-VERSION-ONLY", "A version of a record cannot hold what was written to it.",
			"A version holds a record, its texts, the versioned records below it and its links; reviews, documents and states belong to the live record and would change at once.",
			"Leave the header sw-version-id out for this call, before the version is made or after it is merged.",
		},
		{
			"ADK-LISTEN", "The host cannot listen on its address.",
			"The address is not one of this machine, or the port needs more rights.", "Choose another address with --listen.",
		},
		{
			"ADK-DATA-PRODUCTION", "`appdock dev` was asked to work on the data folder of a host in production.",
			"It would seed a demo shop, install apps and grant what they ask for.",
			"Run it on a folder of its own with --data, or on none with --temp.",
		},
		{
			"ADK-TLS", "The certificate of the API cannot be used.",
			"A file is missing, unreadable or no PEM, or the key belongs to another certificate.",
			"Correct tls.cert and tls.key.",
		},
		{
			"ADK-SHOP-NEEDED", "The host has several shops, and the command does not say which one it is about.",
			"With one shop there is nothing to say; this host was told of more.",
			"Name the shop with --shop: its name, its id or the host name of its URL; `appdock shop list` shows them.",
		},
		{
			"ADK-SEED-INVALID", "The shop cannot be filled like that.",
			"The numbers are negative, too large or both missing, or orders were asked for without products.",
			"Give --products, and --orders as you like: orders are made of the products that are made up with them.",
		},
		{
			"ADK-SHOP-UNKNOWN", "The host has no shop of that name, or more than one.",
			"The name is misspelt, or it fits several shops.",
			"See the shops with `appdock shop list`; an id is never the same for two.",
		},
		{
			"ADK-NOT-AN-INTEGRATION", "The token is not that of an integration.",
			"Only an app can ask for a new secret of its own.", "Ask with the credentials of the app's last confirmation.",
		},
		{
			codeNotFound, "What was named does not exist.",
			"The name is misspelt, or it is gone.", "Compare it with what the list command prints.",
		},
		{
			"ADK-PORT-IN-USE", "Another program listens on the address of the host.",
			"Only one may at a time.", "Stop the other one, or choose another address with --listen.",
		},
		{
			"ADK-PRIVILEGE-NOT-REQUESTED", "The app does not ask for the privilege.",
			"An app can be granted what its manifest asks for, and nothing else.", "See what it asks for with `appdock app permissions`.",
		},
		{
			"ADK-RECORD-CHANGED", "Somebody else changed the record meanwhile.",
			"Two writes of it met.", "Read the record again and repeat the change.",
		},
		{
			"ADK-RECORD-GONE", "The record is gone.",
			"It was deleted meanwhile.", "Search for it again.",
		},
		{
			"ADK-SCRIPT-NOT-FOUND", "There is no script endpoint at this address.",
			"Paths below /api/script are those of app scripts, and this release runs none.",
			"Let the app's own server do it.",
		},
		{
			"ADK-SECRET-DAMAGED", "A secret in the database cannot be read.",
			"It was changed, or encrypted with a key that is gone.", "Restore the data folder from a backup, or install the app again.",
		},
		{
			"ADK-SECRET-GONE", "There is no secret to sign with.",
			"The app was uninstalled and its last secret forgotten, or it never had one.", "Install the app again.",
		},
		{
			"ADK-SHOP-EXISTS", "There is a shop with this id already.",
			"Shop ids are unique on a host.", "Choose another id.",
		},
		{
			"ADK-STOPPING", "The host is ending.",
			"It takes no new work while it ends.", "Start it again and repeat the command.",
		},
		{
			"ADK-STORE-FAILED", "The database does not take writes any more.",
			"The disk failed to keep what was written; reading goes on.", "See to the disk, then start the host again.",
		},
		{
			"ADK-STORY", "The story of `appdock dev --demo` did not end well.",
			"One of its steps did not happen; the message names it.", "Run it again with -v and look at what the app answered.",
		},
		{
			"ADK-WEBHOOK-UNKNOWN", "There is no webhook with this id.",
			"The id is misspelt, or its app was uninstalled or updated.", "See the webhooks with `appdock webhook list`.",
		},
		{
			codeUnsupported, "This release cannot do that yet.",
			"It is planned for a later one.", "Do what the message proposes instead.",
		},
		{
			codeUsage, "The command line cannot be understood.",
			"A command, flag or argument is unknown, missing or too many.", "See the command's --help.",
		},
		{
			"twig.syntax", "A template cannot be read.",
			"Its text breaks a rule of Twig, or of app scripts; the message names the rule.", "Correct the text at the place that is named.",
		},
		{
			"twig.unknown_name", "Neither Twig nor the shop has a tag, filter, function or test of that name.",
			"It is misspelt, or another extension of the host adds it.", "Correct the name, or see that the host has the extension.",
		},
		{
			"twig.unreadable", "A template cannot be opened.",
			"It may not be read, is no file, or leads out of the folder.", "Give the user the right to it, or replace it by a file.",
		},
	}
}
