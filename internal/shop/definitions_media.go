package shop

import "github.com/appdock/appdock/internal/entity"

func media() entity.Definition {
	return entity.Definition{
		Name: "media",
		Fields: fields(
			key("userId", "user"),
			key("mediaFolderId", "media_folder"),
			str("mimeType", system),
			str("fileExtension", system),
			moment("uploadedAt", system),
			text("fileName", system),
			integer("fileSize", system),
			blob("mediaTypeRaw", system, hidden),
			document("metaData", system),
			document("mediaType", runtime),
			document("config"),
			text("alt", translated),
			str("title", translated),
			str("url", runtime),
			str("path"),
			boolean("hasFile", runtime),
			boolean("private", or(false)),
			customFields(translated),
			blob("thumbnailsRo", system, hidden),
		),
		Associations: []entity.Association{
			many("translations", "media_translation", elsewhere),
			mapped("tags", "tag", "media_tag"),
			many("thumbnails", "media_thumbnail", "mediaId", cascade),
			one("user", "user", "userId"),
			many("categories", "category", "mediaId", setNull),
			many("productManufacturers", "product_manufacturer", "mediaId", setNull),
			many("productMedia", "product_media", "mediaId", cascade),
			many("productDownloads", "product_download", elsewhere, restrict),
			many("orderLineItemDownloads", "order_line_item_download", elsewhere, restrict),
			many("avatarUsers", "user", "avatarId", setNull),
			one("mediaFolder", "media_folder", "mediaFolderId"),
			many("propertyGroupOptions", "property_group_option", "mediaId", setNull),
			many("mailTemplateMedia", "mail_template_media", elsewhere, cascade),
			many("documentBaseConfigs", "document_base_config", elsewhere, setNull),
			many("shippingMethods", "shipping_method", "mediaId", setNull),
			many("paymentMethods", "payment_method", "mediaId", setNull),
			many("productConfiguratorSettings", "product_configurator_setting", "mediaId", setNull),
			many("orderLineItems", "order_line_item", "coverId", setNull),
			many("cmsBlocks", "cms_block", elsewhere, restrict),
			many("cmsSections", "cms_section", elsewhere, restrict),
			many("cmsPages", "cms_page", elsewhere, restrict),
			many("documents", "document", "documentMediaFileId", restrict),
			many("appPaymentMethods", "app_payment_method", elsewhere, setNull),
			many("appShippingMethods", "app_shipping_method", elsewhere, setNull),
		},
		Unique: []entity.Unique{
			{Fields: []string{"fileName", "fileExtension"}, Code: "CONTENT__MEDIA_DUPLICATED_FILE_NAME"},
		},
	}
}

func mediaFolder() entity.Definition {
	return entity.Definition{
		Name: "media_folder",
		Fields: fields(
			boolean("useParentConfiguration", or(true)),
			key("configurationId", "media_folder_configuration", required),
			key("defaultFolderId", "media_default_folder"),
			key("parentId", "media_folder"),
			integer("childCount", system),
			str("path", system),
			str("name", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("parent", "media_folder", "parentId"),
			many("children", "media_folder", "parentId"),
			many("media", "media", "mediaFolderId", setNull),
			one("defaultFolder", "media_default_folder", "defaultFolderId"),
			one("configuration", "media_folder_configuration", "configurationId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"defaultFolderId"}},
		},
	}
}

func mediaDefaultFolder() entity.Definition {
	return entity.Definition{
		Name: "media_default_folder",
		Fields: fields(
			str("entity", required),
			customFields(),
		),
		Associations: []entity.Association{
			single("folder", "media_folder", "defaultFolderId", always),
		},
		Unique: []entity.Unique{
			{Fields: []string{"entity"}},
		},
	}
}

func mediaFolderConfiguration() entity.Definition {
	return entity.Definition{
		Name: "media_folder_configuration",
		Fields: fields(
			boolean("createThumbnails", or(true)),
			boolean("keepAspectRatio", or(true)),
			integer("thumbnailQuality", atLeast(0), or(int64(80))),
			boolean("private", or(false)),
			boolean("noAssociation", or(false)),
			blob("mediaThumbnailSizesRo", system, hidden),
			customFields(),
		),
		Associations: []entity.Association{
			many("mediaFolders", "media_folder", "configurationId"),
			mapped("mediaThumbnailSizes", "media_thumbnail_size", "media_folder_configuration_media_thumbnail_size"),
		},
	}
}

func mediaThumbnail() entity.Definition {
	return entity.Definition{
		Name: "media_thumbnail",
		Fields: fields(
			key("mediaId", "media", required),
			integer("width", required, system),
			integer("height", required, system),
			str("url", runtime),
			str("path"),
			customFields(),
		),
		Associations: []entity.Association{
			one("media", "media", "mediaId"),
		},
	}
}

func mediaThumbnailSize() entity.Definition {
	return entity.Definition{
		Name: "media_thumbnail_size",
		Fields: fields(
			integer("width", atLeast(1), required),
			integer("height", atLeast(1), required),
			customFields(),
		),
		Associations: []entity.Association{
			mapped("mediaFolderConfigurations", "media_folder_configuration", "media_folder_configuration_media_thumbnail_size"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"width", "height"}},
		},
	}
}
