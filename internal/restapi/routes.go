package restapi

import "slices"

// routes is everything that the API answers (rest-api-sitepack.md 4). Of two that match, the
// first counts.
func (a *api) routes() []route {
	return slices.Concat(
		documentRoutes(),
		a.aboutRoutes(),
		a.productRoutes(),
		a.categoryRoutes(),
		a.customerRoutes(),
		a.orderRoutes(),
		a.mediaRoutes(),
		a.channelRoutes(),
		a.metafieldRoutes(),
		a.webhookRoutes(),
		a.eventRoutes(),
		a.settingRoutes(),
		a.batchRoutes(),
	)
}
