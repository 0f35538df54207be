namespace Amnion.Guard.Output.Secrets;

/// <summary>Names that secrets are given in code, configuration and prose, and issuers whose keys have no prefix of their own.</summary>
static class SecretNames
{
    /// <summary>Passwords: short ones count.</summary>
    public static string[] Passwords { get; } = ["password", "passwd", "passphrase", "passcode", "pwd", "pass_word", "kennwort", "passwort", "contraseña", "mot de passe"];

    /// <summary>Keys and tokens: random ones count.</summary>
    public static string[] Keys { get; } =
    [
        "api_key", "apikey", "api-key", "api key", "access_key", "access-key", "accesskey", "access key", "secret", "token", "private_key", "private-key", "privatekey", "encryption_key", "encryption-key", "signing_key", "signing-key", "auth_key", "authkey", "account_key", "accountkey",
        "sharedaccesskey", "license_key", "app_key", "appkey", "service_key", "master_key", "storage_key", "session_key", "credential", "creds", "client_id", "client-id", "bearer", "_auth", "co_api_key", "access_id",
    ];

    /// <summary>Issuers: a long random value assigned to their name counts.</summary>
    public static string[] Issuers { get; } =
    [
        "adafruit", "adobe", "airtable", "algolia", "alibaba", "asana", "atlassian", "confluence", "jira", "beamer", "bitbucket", "bittrex", "meraki", "cloudflare", "codecov", "cohere", "coinbase", "confluent", "contentful", "datadog", "discord", "droneci", "dropbox", "etsy", "facebook",
        "fastly", "finicity", "finnhub", "flickr", "freshbooks", "gitter", "heroku", "hubspot", "intercom", "intra42", "jfrog", "artifactory", "bintray", "xray", "kraken", "kucoin", "launchdarkly", "linear", "linkedin", "linked_in", "linked-in", "looker", "mailchimp", "mailgun", "mapbox", "maxmind",
        "mattermost", "messagebird", "message_bird", "message-bird", "netlify", "newrelic", "new-relic", "new_relic", "nytimes", "okta", "plaid", "privateai", "private_ai", "private-ai", "rapidapi", "sendbird", "sentry", "snyk", "sonar", "squarespace", "sumo", "telegr", "travis",
        "twitch", "twitter", "yandex", "zendesk", "contribsys__com", "lob", "azure", "aws", "openai", "anthropic", "stripe", "sumologic",
    ];
}
