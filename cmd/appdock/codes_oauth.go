package main

// oauthExplanations are of the codes that apps with an app.json meet where they ask for access
// and tokens (protocol-oauth.md C; RFC 6749 4.1.2.1 and 5.2, RFC 6750 3.1, RFC 8707, OpenID
// Connect Core 3.1.2.6 for prompt=none).
func oauthExplanations() []explanation {
	return []explanation{
		{
			"access_denied", "The app was not let in.",
			"The person cancelled, or may not install apps in this shop.",
			"Tell the person what the access is for and let them begin again; an owner of the shop may install apps.",
		},
		{
			"app_inactive", "The app is deactivated in this shop.",
			"A merchant or operator deactivated it. Its tokens are kept and refused.",
			"Stop calling until app.activated comes; the same tokens work then.",
		},
		{
			"consent_required", "Somebody has to consent, and the request forbids asking.",
			"The request has prompt=none, and it asks for more than was granted.",
			"Send the browser to /oauth/authorize again without prompt=none.",
		},
		{
			"insufficient_scope", "The token does not have the scope that the call needs.",
			"The scope is not in the app's app.json, was not granted, was withdrawn, or the token was asked for without it. WWW-Authenticate names it.",
			"Add it to auth.scopes, have it granted, and ask for it with the parameter scope of a refresh or of a new authorization.",
		},
		{
			"interaction_required", "Somebody has to decide, and the request forbids asking.",
			"The request has prompt=none, and asks for nothing new; but the app's manifest is another one since somebody consented.", "Send the browser to /oauth/authorize again without prompt=none.",
		},
		{
			"invalid_client", "The client is unknown or cannot prove who it is.",
			"client_id is not the id of an app that is installed in this shop, its secret is wrong or of another shop, or tokens that began with a secret are used without.",
			"Use the id of the app.json and the client secret that this shop showed with the preview; a secret belongs to one shop.",
		},
		{
			"invalid_grant", "The code or refresh token is good for nothing.",
			"It is unknown, expired, used already, or of another app; redirect_uri is not byte for byte that of the authorization; or code_verifier does not solve the " +
				"challenge. A code lives 60 seconds and is good once. A refresh token that is used twice, more than 10 seconds apart, ends all tokens of its family.",
			"Exchange each code once and at once, keep the newest refresh token before anything else, and begin a new authorization.",
		},
		{
			"invalid_request", "The request cannot be understood.",
			"A parameter is missing, there twice, malformed or too long; the message names it. /oauth/authorize wants state and an S256 challenge. What names the " +
				"app or its redirect_uri wrongly is told on a page of the shop: nobody is sent to an address that is not registered.",
			"Correct the parameter. redirect_uri is compared byte for byte with the app.json: no slash, port, case or encoding may differ.",
		},
		{
			"invalid_scope", "The app asks for a scope that it cannot get.",
			"The scope is none, does not stand in auth.scopes of the app.json that the shop has, or a refresh asks for more than was granted.",
			"Ask for scopes of the manifest, separated by single spaces; after a change of the app.json the shop has to read it again: appdock app update NAME.",
		},
		{
			"invalid_target", "The request is for another resource than this shop.",
			"resource is not the base URL of the shop, as RFC 8707 demands.",
			"Leave it out, or send the issuer of /.well-known/oauth-authorization-server.",
		},
		{
			"invalid_token", "The access token is good for nothing.",
			"It is none, was revoked, or its app was uninstalled or has to be authorized again.",
			"Get a new one with the refresh token; if that is refused as well, begin a new authorization.",
		},
		{
			"login_required", "Nobody is logged in to the shop, and the request forbids asking.",
			"The request has prompt=none.", "Send the browser to /oauth/authorize again without prompt=none.",
		},
		{
			"server_error", "The host failed.",
			"Something is wrong with it, and not with the request; its log says what.",
			"Begin again later; if it stays, tell the operator of the shop with the time.",
		},
		{
			"slow_down", "Too many requests, or too many that failed.",
			"A client at one address may ask for tokens 60 times a minute and fail 10 times.",
			"Wait for as long as Retry-After says. Use an access token until it expires: it lives an hour.",
		},
		{
			"token_expired", "The access token is expired.",
			"It lives an hour.", "Get a new one with the refresh token.",
		},
		{
			"temporarily_unavailable", "The shop takes nothing new for the moment.",
			"Its database takes no writes: the disk is nearly full, or its server is away. The host's log and appdock doctor say which.",
			"Let the person try again in a while; nothing was granted.",
		},
		{
			"unauthorized_client", "The app may get no tokens at the moment.",
			"It is deactivated in this shop, or the operator blocked it.",
			"Ask the merchant to activate it. Its refresh tokens stay as they are.",
		},
		{
			"unsupported_grant_type", "There is no such way to get a token.",
			"grant_type is neither authorization_code nor refresh_token. Passwords and client credentials are for /api/oauth/token.",
			"Use the authorization code flow.",
		},
		{
			"unsupported_response_type", "There is no such answer to an authorization.",
			"response_type is not code. The implicit and hybrid flows put tokens into addresses and are not offered.",
			"Ask with response_type=code and a PKCE challenge.",
		},
	}
}
