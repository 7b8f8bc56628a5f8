package main

// wireExplanations are of the codes that apps and clients of the shop's API know from Shopware,
// under the names that it gives them.
func wireExplanations() []explanation {
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
			"FRAMEWORK__APP_ACTION_NOT_FOUND", "There is no action button of that id.",
			"Its app is not active, was uninstalled, or its new version has the action no more.",
			"Take ids from GET /api/app-system/action-button/{entity}/{view}.",
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
			"FRAMEWORK__INVALID_VERSION_ID", "The id for a new version is none.",
			"versionId must be 32 lower-case hex digits.", "Leave versionId out: the answer has a fresh one.",
		},
		{
			"FRAMEWORK__INVALID_VERSION_NAME", "The name for a new version has other signs than letters and digits.",
			"Shopware takes letters and digits alone.", "Send another versionName, or leave it out.",
		},
		{
			"FRAMEWORK__ENTITY_NOT_VERSIONED", "Records of this entity have no versions.",
			"Products, categories, manufacturers and orders have, with what stands below them.", "Write the record directly.",
		},
		{
			"FRAMEWORK__ENTITY_IS_LOCKED", "The record belongs to an app, which alone changes it.",
			"It is a set of custom fields with an appId, or stands in one.", "Make a set of your own, or ask the vendor of the app.",
		},
		{
			"FRAMEWORK__LIVE_VERSION_DELETE", "The live version cannot be deleted as a version.",
			"It is the record itself.", "Send DELETE for the record.",
		},
		{
			"ADMINISTRATION__CUSTOM_TRIGGER_BY_NAME_NOT_FOUND", "There is no trigger of that name.",
			"Triggers are the flow events that Resources/flow.xml of an active app lists.", "Correct the name, or activate the app.",
		},
		{
			"ADMINISTRATION__APP_BY_NAME_NOT_FOUND", "There is no active app of that name.",
			"A frame of an app named itself wrongly, or the app was deactivated.", "Send the name of the manifest; `appdock app list` shows it.",
		},
		{
			"ADMINISTRATION__MISSING_APP_SECRET", "The app has no secret to sign with.",
			"It has no server, or its registration never ended.", "Give it a registrationUrl and install it again.",
		},
		{
			"APP__UNALLOWED_HOST", "The address is at no host of the app.",
			"Only addresses at hosts that the merchant has seen are signed or called: who has a signed one acts with the rights of the app.",
			"Name the host in allowed-hosts of the manifest, and update the app.",
		},
		{
			"API_RESOLVER_NOT_FOUND_EXCEPTION", "A key names a resolver that this host has not.",
			"In sync, a key may be named by the number of a product (product.number) and by nothing else.", "Send the id.",
		},
		{
			"FRAMEWORK__API_EXPECTATION_FAILED", "The host is not what the client expects.",
			"The header sw-expect-packages names versions of Shopware's packages, or packages, that are not here; the answer lists which.",
			"Use a version of the client for this platform, or leave the header out.",
		},
		{
			"FRAMEWORK__API_INVALID_SYNC_RESOLVERS", "A key of a sync request is named by something that leads nowhere.",
			"No product has that number.", "Correct the number, or send nullOnMissing for a key that may be empty.",
		},
		{
			"SYSTEM__SCOPE_NOT_FOUND", "There are no settings of that domain.",
			"The domain is the name of an installed app with a Resources/config/config.xml, and .config.", "Correct the name, or install the app.",
		},
		{
			"DOCUMENT__GENERATION_ERROR", "The document has a file already, or has none that could be shown.",
			"This host renders no documents: the file of each is uploaded, once.", "Upload the file of a document that has none; make a new document for another file.",
		},
		{
			"DOCUMENT__INVALID_DOCUMENT_ID", "There is no document with that id and deep link.",
			"The document was deleted, or the code of the path is that of another one.", "Read id and deepLinkCode of the document again.",
		},
		{
			"DOCUMENT__INVALID_RENDERER_TYPE", "There is no type of documents with that name.",
			"The path names the technical name of a document type.", "Search document-type for those that there are, such as invoice.",
		},
		{
			"DOCUMENT__NUMBER_ALREADY_EXISTS", "Another document of the type has the number.",
			"Numbers of documents are given once for each type.", "Send another documentNumber in the config, or none: the range gives one.",
		},
		{
			"DOCUMENT__ORDER_NOT_FOUND", "The order of the document is not there.",
			"It was deleted, or the id is that of something else.", "Send the id of an order.",
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
			"FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED", "An app did not do what its action button promises.",
			"Its server did not answer in time, or with something that is not signed or no known action; the message says which.",
			"Look at the app's own log; `appdock app show` says whether its secret is known.",
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
			"FRAMEWORK__APP_INTEGRATION_NOT_FOUND", "The header sw-app-integration-id names no integration of an active app.",
			"The app was deactivated or removed, or the id is that of the app and not of its integration.", "Send the integrationId of the app, or leave the header out.",
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
			"FRAMEWORK__RATE_LIMIT_EXCEEDED", "An endpoint that has a limit of its own was called too often.",
			"An app reactivates its webhooks more than ten times a minute, or somebody guesses at /api/app-system/shop/verify; the host's own calls there are never refused.",
			"Wait for as long as Retry-After says. Before webhooks are reactivated, look at GET /api/app-system/webhook/state.",
		},
		{
			"FRAMEWORK__API_INVALID_ASSOCIATION", "The path names something that is no association of the entity.",
			"The name is misspelt, or it is a field.", "Take the name of an association, such as lineItems.",
		},
		{
			"FRAMEWORK__NOT_EXISTING_RELATION_EXCEPTION", "The path names an association that the entity does not have.",
			"The name is misspelt.", "Take the name of an association, such as lineItems.",
		},
	}
}
