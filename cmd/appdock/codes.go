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
	all := ownExplanations()
	for _, f := range manifest.Findings() {
		all = append(all, explanation{f.Code, f.Meaning, "It was found in the app; the message names the place.", f.Cure})
	}
	return append(all, signatureExplanations()...)
}

func ownExplanations() []explanation {
	return []explanation{
		{
			"FRAMEWORK__APP_ALREADY_INSTALLED", "An app of that name is installed in this shop.",
			"Installing does not replace what is there.",
			"Uninstall it first; with --keep-user-data its settings stay.",
		},
		{
			"FRAMEWORK__APP_FEATURES_REQUIRE_APP_SECRET", "The app uses features that need a secret, and it has none.",
			"What is sent to modules, webhooks, payments and tax providers is signed; without a <setup> there is no secret to sign with.",
			"Add a <setup> with a registration URL to the manifest.",
		},
		{
			"FRAMEWORK__APP_LOCKED", "Another operation on this app is running.",
			"Install, update, activate, deactivate, rotation and uninstall of one app exclude each other.",
			"Wait until the other one has ended and try again.",
		},
		{
			"FRAMEWORK__APP_NOT_COMPATIBLE", "The app does not run on the Shopware version that this host speaks.",
			"The manifest's <compatibility> excludes the version that `appdock version` prints.",
			"Take a version of the app for this platform.",
		},
		{
			"FRAMEWORK__APP_NOT_FOUND", "No app of that name is installed.",
			"The name is misspelt, or the app was uninstalled.",
			"See the installed apps with `appdock app list`.",
		},
		{
			"FRAMEWORK__APP_REGISTRATION_FAILED", "The handshake with the app's server failed; the app was not installed.",
			"The server gave no answer, refused, or did not prove that it knows the app secret; the message says which.",
			"Read the request and the answer below the message. If the outcome is unknown, install the app again: that finishes it.",
		},
		{
			"FRAMEWORK__APP_REQUIREMENTS_NOT_MET", "The app needs a shop that can be reached from outside.",
			"The manifest asks for public access, and the base URL of this shop is local, private or not https.",
			"Give the shop a public https address.",
		},
		{
			"FRAMEWORK__APP_MISSING_REQUEST_PARAMETER", "A parameter that settles the identity of a shop is missing.",
			"The body has no strategy.", "Send one of the strategies that /api/app-system/shop-id/change-strategies lists.",
		},
		{
			"FRAMEWORK__APP_SECRET_ROTATION_CLAIMED", "The app's server refuses every secret that this host knows.",
			"Somebody else registered this shop with the app after this host did, such as a copy of it; or the app refuses for another reason.",
			"Try `appdock app secret recover` again. Else ask the vendor to forget this shop, discard the secrets with --discard and register the app again, or give the shop another identity.",
		},
		{
			"FRAMEWORK__APP_SECRET_ROTATION_PENDING", "The app cannot get a new secret before it is known which one it holds.",
			"The answer to its last confirmation was lost, or the app server failed while it answered.",
			"Run `appdock app secret recover` for the app.",
		},
		{
			"FRAMEWORK__APP_SHOP_ID_CHANGE_STRATEGY_NOT_FOUND", "There is no such way to settle the identity of a shop.",
			"The name of the strategy is missing or misspelt.", "Name move-shop-permanently, reinstall-apps or uninstall-apps.",
		},
		{
			"FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED", "The shop may be a copy or may have moved; apps are not told anything until that is settled.",
			"Its base URL, its data folder or its instance differ from those that its apps know.",
			"See what differs with `appdock shop check`, then say whether the shop moved, or whether its apps shall be installed anew or removed, with `appdock shop url-change resolve`.",
		},

		{
			"FRAMEWORK__ACCESSOR_NOT_ALLOWED", "The criteria name a field that the API may not read.",
			"Some fields, such as passwords, are never shown.", "Leave the field out.",
		},
		{
			"FRAMEWORK__API_TYPE_PARAMETER_INVALID", "The body of a sync request is no list of operations.",
			"It is no JSON, or neither a list nor an object of operations.", "Send the operations as a JSON list or object.",
		},
		{
			"FRAMEWORK__ASSOCIATION_NOT_FOUND", "The criteria ask for an association that the entity does not have.",
			"The name is misspelt, or written with a dot.", "Nest associations instead of joining their names with dots.",
		},
		{
			"FRAMEWORK__DEFINITION_NOT_FOUND", "There is no entity of that name.",
			"The name is misspelt, or this host does not keep that entity.", "Compare the name with the entities of the Admin API.",
		},
		{
			"FRAMEWORK__DELETE_RESTRICTED", "The record cannot be deleted because others need it.",
			"The message counts the records that refer to it.", "Delete or change those first.",
		},
		{
			"FRAMEWORK__DUPLICATE_VALUE", "Another record has this value, which may be there only once.",
			"The value was used before.", "Choose another value, or change the other record.",
		},
		{
			"CONTENT__DUPLICATE_PRODUCT_NUMBER", "Another product has this number.",
			"Product numbers are unique.", "Reserve a number from the number range before creating a product.",
		},
		{
			"FRAMEWORK__FOREIGN_KEY_VIOLATION", "A value refers to a record that does not exist.",
			"The id is misspelt, or the record was deleted.", "Create the other record first, or in the same request.",
		},
		{
			"FRAMEWORK__INVALID_AGGREGATION_QUERY", "An aggregation of the criteria is malformed.",
			"Its name, type or field is missing or unknown.", "Correct the place that the error's pointer names.",
		},
		{
			"FRAMEWORK__INVALID_API_CRITERIA_IDS", "The ids of the criteria are malformed.",
			"The list is empty, or an item is neither a text nor an object of keys.", "Send a list of ids with 32 hex digits.",
		},
		{
			"FRAMEWORK__INVALID_FILTER_QUERY", "A filter of the criteria is malformed.",
			"Its type is unknown, or its field, value or parameters are missing.", "Correct the place that the error's pointer names.",
		},
		{
			"FRAMEWORK__INVALID_LIMIT_QUERY", "The limit of the criteria is no number from 1 on.",
			"It is zero, negative or no number.", "Send a limit from 1 to 500, or none.",
		},
		{
			"FRAMEWORK__INVALID_PAGE_QUERY", "The page of the criteria is no number from 1 on.",
			"Pages are counted from 1.", "Send a page from 1 on, or none.",
		},
		{
			"FRAMEWORK__INVALID_REQUEST_PARAMETER", "A parameter of the request has a value that cannot be used.",
			"Its type or form is not the expected one.", "Correct the parameter that the message names.",
		},
		{
			"FRAMEWORK__INVALID_SORT_QUERY", "A sorting of the criteria is malformed.",
			"Its field is missing, or its order is neither ASC nor DESC.", "Correct the place that the error's pointer names.",
		},
		{
			"FRAMEWORK__INVALID_SYNC_OPERATION", "An operation of a sync request is malformed.",
			"Its entity, action or payload is missing or unknown.", "Correct each fault that the message names.",
		},
		{
			"FRAMEWORK__INVALID_UUID", "A value is no id.",
			"Ids have 32 lower-case hex digits and no dashes.", "Send the id in that form.",
		},
		{
			"FRAMEWORK__LANGUAGE_NOT_FOUND", "The language of the request does not exist in this shop.",
			"The header sw-language-id names none of its languages.", "Send the id of an existing language, or leave the header out.",
		},
		{
			"FRAMEWORK__MISSING_PRIVILEGE_ERROR", "The caller lacks a privilege for this.",
			"The app was not granted it: its manifest did not ask for it, or asked later than it was installed.",
			"Add the permission to the manifest, and install the app again.",
		},
		{
			"FRAMEWORK__MISSING_REQUEST_PARAMETER", "A parameter that the request needs is missing.",
			"It was left out or is empty.", "Send the parameter that the message names.",
		},
		{
			"FRAMEWORK__QUERY_LIMIT_EXCEEDED", "The limit of the criteria is above the maximum.",
			"One answer has at most 500 records.", "Ask for less at a time, and for more pages.",
		},
		{
			"FRAMEWORK__RESOURCE_NOT_FOUND", "There is no record with this id.",
			"The id is misspelt, or the record was deleted.", "Search for the record to get its id.",
		},
		{
			"FRAMEWORK__RUNTIME_FIELD_IN_CRITERIA", "The criteria use a field that is computed while reading.",
			"Such a field is in no table and cannot be searched or sorted by.", "Use a stored field.",
		},
		{
			"FRAMEWORK__UNMAPPED_FIELD", "The entity has no field of that name.",
			"The name is misspelt, or an association is missing on the way to the field.", "Compare the name with the fields of the entity.",
		},
		{
			"FRAMEWORK__VERSION_NOT_EXISTS", "There is no version of the record with this id.",
			"The version was merged or deleted, or never made.", "Leave the header sw-version-id out to work on the record itself.",
		},
		{
			"FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", "A value breaks a rule of its field.",
			"It is missing, of the wrong type, too long, or must not be written.", "Correct the place that the error's pointer names.",
		},
		{
			"FRAMEWORK__WRITE_PROTECTED", "This cannot be written through the API.",
			"The host writes it itself.", "Leave it out of the request.",
		},
		{
			"FRAMEWORK__WRITE_TYPE_INTEND_ERROR", "The record should be there and is not, or the other way round.",
			"POST creates a record and PATCH changes one.", "Use POST for new records and PATCH for existing ones.",
		},

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
			"FRAMEWORK__NO_NUMBER_RANGE_CONFIGURATION", "The shop has no number range of that type.",
			"Its name is misspelt, or the range was deleted.", "Name the type of a number range of the shop, such as order, product or customer.",
		},
		{
			"SYSTEM__ILLEGAL_STATE_TRANSITION", "The record cannot go to that state from the one it is in.",
			"The state machine has no such transition from there.", "Ask for the transitions that are possible, and take one of them.",
		},
		{
			"SYSTEM__STATE_MACHINE_INVALID_ENTITY_ID", "There is no record of that id.",
			"It was deleted, or the id belongs to another entity.", "Send the id of a record that is there.",
		},
		{
			"SYSTEM__STATE_MACHINE_INVALID_STATE_FIELD", "The field holds no state.",
			"The entity has no states, or another field holds them.", "Name an entity with states, such as order, and leave stateFieldName out.",
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
			"Its folder is missing, full or not writable, or its file system knows no links.", "Choose a folder that this user may write to, with room for three times the database.",
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
			"API_INVALID_SYNC_CRITERIA_EXCEPTION", "A deletion by criteria has no condition.",
			"Without one it would delete every record of the entity.", "Send at least one filter that compares a field.",
		},
		{
			"CONTENT__MEDIA_NOT_FOUND", "There is no media record with that id.",
			"A file belongs to a record, which is made first.", "Create the record with POST /api/media, then upload its file.",
		},
		{
			"CONTENT__MEDIA_MISSING_FILE", "The media record has no file.",
			"Nothing was uploaded for it yet.", "Upload a file with POST /api/_action/media/{id}/upload.",
		},
		{
			"CONTENT__MEDIA_MISSING_FILE_EXTENSION", "An upload does not say what kind of file it is.",
			"The extension stands neither in the query, nor in the JSON, nor in the URL of the file.", "Send extension=png and the like.",
		},
		{
			"CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED", "Files of that extension are not taken.",
			"Only usual images, videos, sounds and documents are; pages and programs are not.", "Convert the file, or pack it as a zip.",
		},
		{
			"CONTENT__MEDIA_ILLEGAL_FILE_NAME", "The name of a file has something in it that does not fit into a URL.",
			"It holds a slash, a control character or the like, begins or ends with a dot, or is longer than 255 bytes.", "Choose a simpler name.",
		},
		{
			"CONTENT__MEDIA_DUPLICATED_FILE_NAME", "Another media record has a file of that name.",
			"Names are unique in a shop.", "Ask GET /api/_action/media/provide-name for one that is free.",
		},
		{
			"CONTENT__MEDIA_ILLEGAL_URL", "A file is not fetched from that URL.",
			"Only public http and https addresses are called, whatever name leads to them; not those of this machine or network.",
			"Send a public URL, or the file itself. An operator can open networks with network.allow.",
		},
		{
			"CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ", "The file at a URL could not be read.",
			"Its host did not answer, or not with status 200. Redirects are not followed.", "Send the URL that answers with the file itself.",
		},
		{
			"ADK-FILE-MISSING", "The file of a media record is not in the data folder.",
			"It was removed there, or the folder was restored without its files: a backup holds the database, not the folder files.",
			"Copy the folder files of the old data folder beside the database, or upload the file again.",
		},
		{
			"FRAMEWORK__EXPECTED_USER", "The call is for a user, and the token is that of an app.",
			"It is about the person who is logged in, and an app is none.", "Leave the call out: an app knows itself from its manifest.",
		},
		{
			"SYSTEM__INVALID_SETTING_VALUE", "A setting has no key.",
			"Settings are found by their keys.", "Send keys such as MyApp.config.color.",
		},
		{
			"FRAMEWORK__NOTIFICATION_THROTTLED", "An app sent notifications too fast.",
			"Ten are free, then each needs a wait of 10, 30 and at last 60 seconds since the one before; a day without any begins anew.",
			"Wait for as long as Retry-After says. Send one notification about many things, not one for each.",
		},
		{
			"FRAMEWORK__AUTH_THROTTLED", "Too many requests for a token failed, all from one address.",
			"Ten are free, then each needs a wait of 10, 30 and at last 60 seconds since the one before. A request that gets a token ends that.",
			"Wait for as long as Retry-After says, then ask with the right credentials. An app that was deactivated or removed gets no token: stop asking.",
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
			"ADK-VERIFY-THROTTLED", "The host was asked too often whether a call is its own.",
			"Somebody guesses at /api/app-system/shop/verify; the host's own calls are never refused.", "Wait a minute.",
		},
		{
			"ADK-VERIFY-UNKNOWN", "The call is not one of the host to itself.",
			"The path /api/app-system/shop/verify is for `appdock doctor`, whose calls show a token of the moment; or the call was for another host.",
			"Run `appdock doctor`, which says where the shop's URL leads.",
		},
		{
			"ADK-REACTIVATE-THROTTLED", "An app reactivated its webhooks too often.",
			"Ten times a minute are enough for every server.", "Wait, and look at the state of the webhooks first.",
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
			"FRAMEWORK__API_INVALID_ASSOCIATION", "The path names something that is no association of the entity.",
			"The name is misspelt, or it is a field.", "Take the name of an association, such as lineItems.",
		},
		{
			"FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION", "The path names an association that the entity does not have.",
			"The name is misspelt.", "Take the name of an association, such as lineItems.",
		},
		{
			"ADK-DISK-FULL", "There is no room left on the disk of the data folder.",
			"Nothing new is accepted until there is; what was accepted before is delivered all the same.", "Make room: the host goes on by itself.",
		},
		{
			"ADK-FORMAT-UNSUPPORTED", "This release does not install apps of this format.",
			"The app signs in with OAuth instead of registering itself.", "Install an app with a manifest.xml.",
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
