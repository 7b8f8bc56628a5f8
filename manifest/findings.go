package manifest

import "strings"

// Finding is a kind of Problem: what its code means.
type Finding struct {
	Code    string
	Meaning string
	Cure    string
}

// Findings are all that Parse, Validate, Probe and Archive can tell, in the order
// of validation.md.
func Findings() []Finding {
	var all []Finding
	for line := range strings.Lines(findings) {
		if parts := strings.SplitN(strings.TrimSpace(line), " | ", 3); len(parts) == 3 {
			all = append(all, Finding{parts[0], parts[1], parts[2]})
		}
	}
	return all
}

const findings = `
app.not_found | There is no app, or it cannot be read. | Name a folder with a manifest.xml or an app.json.
app.not_checked | A file or a folder is too large, or cannot be read: what is wrong in it is not told. | Split it, or make it readable.
app.two_manifests | The folder has both manifest.xml and app.json. | Remove one, or choose with --manifest-format.
convert.lost | The other format has nothing for a part of the manifest. | Do without it, or do it another way in the converted app.
convert.assumed | The other format needs a value that the manifest does not give. | Look at it in the converted manifest, and correct it.
convert.permission | A permission has no counterpart that gives no more. | Ask for more by hand if the app may have it.
convert.webhook | A webhook has no counterpart, or one that is sent more often. | Look at the converted webhooks, and at what the app does with them.
convert.renamed | The technical name has another form in the other format. | Rename the app's folder.
xml.empty | The file is empty. | Write the manifest.
xml.malformed | The file is no well-formed XML. | Correct the place that the message names.
xml.encoding | The file is not UTF-8. | Save it as UTF-8.
xml.doctype | The file has a document type declaration. | Remove it: manifests need none.
xml.entity_expansion | The file uses an entity that XML does not have built in. | Write the character itself.
xml.too_large | The file is over 1 MiB, is nested over 32 deep, or has more problems than are told. | Make it smaller.
manifest.root | The root element is not <manifest>. | Name the right file.
manifest.unknown_element | No version of the schema has the element at this place. | Compare its name, case included.
manifest.unknown_attribute | No version of the schema has the attribute. | Compare its name, case included.
manifest.schema_version | The element needs another version of the schema. | Declare that version in xsi:noNamespaceSchemaLocation.
manifest.unsupported_section | The host does not support the section, and ignores it. | Nothing, if the app works without it.
manifest.duplicate_section | A section is there twice. | Put both into one.
manifest.repeated_element | An element with one value is there twice; the last one counts. | Remove one.
manifest.missing_section | The section <meta> is missing. | Add it.
manifest.missing_element | A mandatory element is missing. | Add it.
manifest.empty_element | A mandatory element is empty. | Give it a text.
manifest.missing_attribute | A mandatory attribute is missing. | Add it.
manifest.order | Elements with a fixed order are in another one. | Change their order; Shopware refuses the file.
manifest.empty_list | A list is empty that must not be. | Fill or remove it.
manifest.bad_value | The value is not of the element's type. | Write a number, true or false, or one of the listed values.
manifest.bad_lang | The language is not written as de-DE. | Write language and country.
manifest.unknown_locale | Nobody knows the language. | Check it for a typing error.
manifest.bad_event_token | The event is empty or has blanks. | Name one event.
manifest.duplicate_name | The name is there twice. | Choose another one.
manifest.duplicate_identifier | The identifier is there twice. | Choose another one.
manifest.main_module_twice | There is a second <main-module>. | Remove one.
manifest.untrimmed | The value has blanks at its ends. | Remove them: Shopware takes them for a part of it.
manifest.no_schema_location | The file does not say which schema it is written for. | Add xsi:noNamespaceSchemaLocation.
manifest.local_override | manifest.local.xml replaces manifest.xml. | Remove it when it is not wanted any more.
manifest.name_mismatch | The folder is not called like the app. | Rename one of them.
manifest.name_case | Folder and app differ in case. | Use one spelling.
manifest.name_format | The name has characters that names should not have. | Use letters, digits and underscores.
manifest.missing_translation | A language has a description, and no label. | Add the label.
manifest.partial_translation | A text lacks a language that the app's label has. | Add the text.
manifest.no_english | There is no English label. | Add one for en-GB.
manifest.webhook_not_hookable | There is no event of that name for webhooks. | Take the proposed one, or see the list of events.
manifest.webhook_not_permitted | The event is reserved for certain apps. | Remove the webhook.
manifest.webhook_permission | The app may not read what the event carries. | Ask for the permission that the message names.
manifest.webhook_deprecated_event | The event is gone in newer versions. | Take its successor.
manifest.webhook_live_only_useless | onlyLiveVersion has no effect on this event. | Remove the attribute.
manifest.unknown_entity | The platform has no entity of that name. | Take the proposed one.
manifest.permission_format | The permission is not written as it must be. | Give the entity alone, or a privilege with a colon.
manifest.permission_duplicate | The permission is there already, or implied by another. | Remove it.
manifest.permission_sensitive | The app asks for a right that can be misused. | Ask for it only if the app cannot do without.
manifest.permission_unused | The app asks for permissions and has nothing to use them. | Remove them, or add a <setup>.
manifest.secret_required | What the app declares needs signatures, and there is no <setup>. | Add one with a registration URL.
manifest.secret_committed | The manifest holds the app secret. | Keep it out of what is published.
manifest.secret_weak | The app secret is short. | Take at least 16 characters, by chance.
manifest.url_scheme | The URL is no https address. | Use https.
manifest.url_invalid | The URL cannot be used. | Write a whole address.
manifest.url_private | The host cannot be reached from outside. | Use a public one; while developing, --dev.
manifest.host_not_allowed | A host is not in <allowed-hosts>. | Add it, so that merchants see the whole list.
manifest.host_format | An allowed host is more than a name. | Remove scheme, port and path.
manifest.version_format | The version has not three numbers. | Write it as 1.0.0.
manifest.compatibility_format | The constraint cannot be understood. | Write it for Composer, as ~6.7.0.
manifest.compatibility_missing | The manifest does not say what the app runs on. | Add <compatibility>.
manifest.icon_missing | The icon is not there. | Add the file, or correct its path.
manifest.icon_format | The icon is no PNG. | Convert it.
manifest.icon_size | The icon is too large or too small for the store. | Make it 112 to 256 pixels and at most 30 KiB.
manifest.path_escape | A path leaves the app's folder. | Keep the file inside.
manifest.license_spdx | The licence has no name that is known. | Use an SPDX identifier, or "proprietary".
manifest.store_label | A label that the store wants is missing. | Add it.
manifest.store_description | A description that the store wants is missing, or has another length. | Write 150 to 185 characters.
manifest.module_parent | The menu has no entry that the module could stand under. | Take the proposed one.
manifest.module_parent_loop | Modules are each other's parents. | Break the circle.
manifest.module_parent_missing | The module has no parent, and does not show. | Name a menu entry.
manifest.module_empty | The module has neither a page nor others below it. | Give it a source.
manifest.payment_flow | The URLs of the payment method do not fit together. | Give a pay-url, or remove the others.
manifest.payment_icon_missing | The icon of a payment method is not there. | Add the file.
manifest.shipping_icon_missing | The icon of a shipping method is not there. | Add the file.
manifest.shipping_uuid | The id of a delivery time is no UUID. | Write 32 hex digits without dashes.
manifest.shipping_minmax | The least time is over the most. | Exchange them.
manifest.shipping_tracking | The tracking URL has no place for the code. | Put %s there.
manifest.rule_script_missing | The script of a rule condition is not there. | Add it below Resources/scripts/rule-conditions.
manifest.rule_group | The group of a rule condition is unknown. | Take a known one.
manifest.custom_field_prefix | A field name could be another app's, too. | Begin it with your name and an underscore.
manifest.custom_field_duplicate | A field name is there twice. | Choose another one.
manifest.custom_field_deprecated | Custom fields have a file of their own now. | Move them to Resources/config/custom-fields.xml.
manifest.custom_field_both | There are custom fields in the manifest and in their file; the file wins. | Remove the section.
manifest.custom_field_minmax | Limits of a number contradict each other. | Correct them.
manifest.custom_field_options | A select has no options, or one twice. | Correct them.
manifest.cookie_incomplete | A cookie lacks its name or its text. | Add it.
manifest.cookie_duplicate | A cookie is there twice. | Remove one.
manifest.cookie_name | No cookie can have that name. | Use letters, digits and dashes.
manifest.snippet_missing | The text of a cookie is in no snippet file. | Add it.
manifest.tax_priority | Two tax providers have the same priority. | Choose different ones.
manifest.requirement_unknown | The requirement is unknown, and ignored. | Check its name.
manifest.gateway_duplicate | A gateway is there twice. | Remove one.
config.malformed | config.xml is no well-formed XML. | Correct the place that the message names.
config.schema | config.xml breaks its schema. | Correct the place that the message names.
config.component_not_allowed | Apps may not use the component. | Take one of those for apps.
config.duplicate_field | A field name is there twice. | Choose another one.
config.field_type | The type of a field is unknown. | Take a known one.
config.default_type | A default does not fit its field. | Correct it.
config.options_missing | A select has no options, or one without an id. | Add them.
config.untranslated | A text lacks a language that the app's label has. | Add the text.
config.no_permission | The app hears of changed settings, and may not read them. | Ask for system_config:read.
flow.malformed | flow.xml is no well-formed XML. | Correct the place that the message names.
flow.schema | flow.xml breaks its schema. | Correct the place that the message names.
flow.action_name | The name of an action has characters that it must not have. | Use small letters and dots.
flow.event_name | The name of an event has characters that it must not have. | Use small letters, dots and underscores.
flow.duplicate_name | A name is there twice. | Choose another one.
flow.meta_missing | An action lacks label, name or url. | Add it.
flow.parameter_twig | The text is no Twig. | Correct it.
flow.variable_unknown | A text names what is not there when the action runs. | Add the setting, or the requirement that brings the data.
flow.requirement_unknown | No event carries such data. | Take the proposed name.
flow.icon_missing | The icon of an action is not there. | Add the file.
flow.legacy_file | Newer versions do not read flow-action.xml. | Write Resources/flow.xml.
flow.name_collision | The platform has an action of that name. | Begin it with your own name.
cms.malformed | cms.xml is no well-formed XML. | Correct the place that the message names.
cms.schema | cms.xml breaks its schema. | Correct the place that the message names.
cms.template_missing | A block has no preview or no styles. | Add preview.html and styles.css.
cms.slot_type | The shop has no such element. | Take a known one, unless the app brings it.
cms.preview_unsafe | The preview has what is taken out before it is shown. | Remove scripts and remote addresses.
entities.malformed | entities.xml is no well-formed XML. | Correct the place that the message names.
entities.schema | entities.xml breaks its schema. | Correct the place that the message names.
entities.prefix | The name of a custom entity does not say that it is one. | Begin it with ce_ or custom_entity_.
entities.name_length | A table's name would be too long. | Shorten it to 64 characters.
entities.label_property | The field that names the records is missing or no string. | Name a string field.
entities.cascade_core | Deleting would reach records of the shop. | Use set-null.
entities.reverse_required_core | Records of the shop cannot be made to need the app's. | Remove reverse-required.
entities.reference_unknown | The field refers to an entity that does not exist. | Take the proposed one.
entities.duplicate_field | A field is there twice. | Choose another name.
entities.reserved_field | The platform has a field of that name in every entity. | Choose another name.
entities.restrict | While such records exist, the app cannot be deactivated. | Use set-null or cascade, if that hurts.
admin_ui.schema | admin-ui.xml breaks its schema. | Correct the place that the message names.
admin_ui.reference | A column or field of a page is none of the entity. | Correct its name.
admin_ui.duplicate_reference | A column or field is there twice. | Remove one.
admin_ui.entity | The page is for an entity that entities.xml does not have. | Correct its name.
snippet.json | A snippet file is no JSON object of texts. | Correct the place that the message names.
snippet.missing_key | A text is missing that the English file has. | Translate it.
snippet.extra_key | A text is there that the English file does not have. | Add it there, or remove it.
snippet.type | A key is a text in one language and a group in another. | Make both the same.
snippet.no_english | There is no English file. | Add one: the others fall back to it.
snippet.core_key | The admin's own texts begin with the key. | Begin yours with the app's name.
snippet.filename | The file's name does not say its language. | Call it name.en-GB.json.
snippet.locale | The language in the file's name is unknown. | Write it as en-GB.
mcp.malformed | mcp.xml is no well-formed XML. | Correct the place that the message names.
mcp.schema | mcp.xml breaks its schema. | Correct the place that the message names.
mcp.duplicate_name | A name is there twice. | Choose another one.
mcp.reserved_name | Names that begin with shopware- are skipped. | Choose another one.
script.twig | An app script does not compile. | Correct the place that the message names.
script.hook_unknown | The script's folder is called like no hook: it never runs. | Rename the folder.
script.not_twig | The file is no script, and ignored. | Move it elsewhere.
script.permission | A script does what the app has no permission for. | Ask for it in the manifest.
view.twig | A template does not compile. | Correct the place that the message names.
view.ignored_dir | Nobody reads the template. | Move it to Resources/views/storefront or documents.
theme.json | theme.json cannot be read, or the store cannot show the theme. | Correct it, or add previewMedia.
asset.sources_without_build | There are sources, and nothing built of them. | Build them before you pack the app.
asset.build_without_sources | There are built files, and no sources. | Add the sources: stores want to read them.
bundle.php_file | The app has PHP files. | Remove them: apps run on servers of their own.
bundle.twig_location | Nobody reads templates there. | Move it to Resources/views or Resources/scripts.
bundle.disallowed_file | Stores refuse packages with such a file. | Leave it out of the package.
bundle.local_manifest | manifest.local.xml is for developers. | Leave it out of the package.
bundle.symlink | A link leaves the app's folder or leads to itself; what it points to is not read. | Put the file itself there.
bundle.traversal | An entry of the archive would be unpacked elsewhere. | Pack the app anew.
bundle.prefix | An entry of the archive is outside of the app's folder. | Pack that folder alone.
bundle.top_level | The archive has no folder for the app. | Pack the folder, not what is in it.
bundle.no_manifest | The archive's folder has no manifest. | Pack the folder that has it.
bundle.name | The archive's folder is called otherwise than the app. | Rename it.
bundle.duplicate | Two entries of the archive have one name, or names that are one to some file systems. | Pack the app anew, with each file once.
bundle.size | There is more in it than a package may have. | Leave out what the app does not need.
json.malformed | The file is no JSON. | Correct the place that the message names; comments are not allowed.
json.too_large | The file is over 256 KiB, is nested over 16 deep, or has more problems than are told. | Make it smaller.
json.duplicate_key | A key is there twice in one object. | Remove one.
json.encoding | The file is not UTF-8. | Save it as UTF-8.
json.root | The file holds something else than an object. | Write the manifest as an object.
app_json.type | A value is of another type. | Write one of the type that the message names.
app_json.missing_field | A mandatory field is missing or empty. | Add it.
app_json.unknown_field | Nobody reads the field. | Compare its name; begin your own with x_.
app_json.id_format | An id has characters or a length that it must not have. | Use small letters, digits and single dashes.
app_json.version_format | The version is no semantic version. | Write it as 1.0.0.
app_json.length | A text, a list or a file is too long. | Shorten it.
app_json.category_unknown | The category is not a usual one. | Take a usual one, if one fits.
app_json.url_scheme | The URL is no https address. | Use https.
app_json.url_invalid | The URL cannot be used. | Write a whole address.
app_json.url_private | The host cannot be reached from outside. | Use a public one; while developing, --dev.
app_json.redirect_missing | There are scopes, and no address for the authorization code. | Add auth.redirect_uri.
app_json.redirect_fragment | A redirect address has a fragment. | Remove what begins with #.
app_json.scope_format | A scope is not written as it must be. | Write resource:action.
app_json.scope_unknown | There is no such scope. | Take the proposed one.
app_json.scope_duplicate | A scope is there twice. | Remove one.
app_json.scope_sensitive | The app asks for a right that can be misused. | Ask for it only if the app cannot do without.
app_json.topic_format | A topic is not written as it must be. | Write entity.verb.
app_json.topic_unknown | There is no such topic: nothing will be sent. | Take the proposed one.
app_json.topic_scope | The app may not read what the topic carries. | Ask for the scope that the message names.
app_json.webhook_format | Webhooks have another format than json. | Write json, or leave it out.
app_json.webhook_duplicate | Topic and address are there twice. | Remove one.
app_json.navigation_path | The path leaves the app, or is none. | Begin it with / and leave out host and fragment.
app_json.navigation_duplicate | Two menu entries have the same path. | Remove one.
app_json.navigation_no_base | Nothing says on which host the pages are. | Add setup.configuration_url.
app_json.icon_format | The name of an icon has characters that it must not have. | Use small letters, digits and dashes.
app_json.icon_url_image | The icon is no PNG or SVG, or not square. | Replace it.
app_json.widget_location | The widget's place is none, or not offered. | Take a place of the list.
app_json.widget_duplicate | Two widgets have the same id. | Choose another one.
app_json.block_duplicate | Two blocks have the same id. | Choose another one.
app_json.widget_height | The height is no length. | Write it as 300px.
app_json.block_target | The target has characters that it must not have. | Use small letters, digits and underscores.
app_json.snippet_escape | The snippet's path leaves the bundle. | Keep the file inside.
app_json.snippet_missing | The snippet is not there. | Add the file, or correct its path.
app_json.snippet_twig | The snippet does not compile. | Correct the place that the message names.
app_json.snippet_extension | The snippet is no .twig file. | Rename it.
app_json.block_empty | The block has neither a snippet nor a url: it shows nothing. | Give it one.
app_json.email_format | The text is no e-mail address. | Write the bare address.
app_json.no_auth | The app has no access to the API. | Add auth, if it needs any.
app_json.folder_mismatch | The folder is not called like the app. | Rename one of them.
host.incompatible | The app does not run on the version that this host speaks. | Take a version of the app for it.
host.requirement_unmet | The app needs a shop that can be reached from outside. | Give the shop a public https address.
host.version_downgrade | A newer version is installed. | Take that one, or a newer one.
host.new_permissions | The update asks for more permissions. | Look at them: they must be granted.
host.new_hosts | The update talks to more hosts. | Look at them: they must be accepted.
host.name_taken | An app of the other format has the name. | Uninstall it first, or rename this one.
host.identifier_taken | Another app has the identifier. | Begin yours with the app's name.
host.identifier_changed | An identifier of the installed version is gone. | Keep it: orders refer to it.
online.unreachable | The host does not answer. | See whether its name is right and its server runs.
online.tls | The certificate of the host is not valid. | Renew it.
online.registration_status | The registration URL answers with a failure. | Look into the log of the app's server.
`
