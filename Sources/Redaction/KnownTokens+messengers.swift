/// Of messengers, with the addresses that post into their rooms, and of those who take payments.
extension KnownTokens {
    static let messengers: [KnownToken] =
        ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xapp-"]
        .map { KnownToken("slack-token", $0, .dotted, 20) } + [
            KnownToken("slack-webhook", "https://hooks.slack.com/services/", .path, 30),
            KnownToken("slack-webhook", "https://hooks.slack.com/workflows/", .path, 30),
            KnownToken("slack-webhook", "https://hooks.slack.com/triggers/", .path, 30),
            KnownToken("slack-webhook", "hooks.slack.com/services/", .path, 30),
            KnownToken("zapier-webhook", "https://hooks.zapier.com/hooks/catch/", .path, 10),
        ]
        + ["", "ptb.", "canary."].flatMap { part in
            ["discord", "discordapp"].map {
                KnownToken("discord-webhook", "https://\(part)\($0).com/api/", .path, 70)
            }
        }
        // With and without the scheme before it, and behind the name of a tenant.
        + [
            ("discord-webhook", "discord.com/api/webhooks/", 60),
            ("discord-webhook", "discordapp.com/api/webhooks/", 60),
            ("teams-webhook", "webhook.office.com/webhookb2/", 60),
            ("teams-webhook", "outlook.office.com/webhook/", 60),
            ("teams-webhook", "outlook.office365.com/webhook/", 60),
            ("google-chat-webhook", "chat.googleapis.com/v1/spaces/", 60),
            ("feishu-webhook", "open.feishu.cn/open-apis/bot/", 36),
            ("lark-webhook", "open.larksuite.com/open-apis/bot/", 36),
            ("wecom-webhook", "qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", 30),
            ("dingtalk-webhook", "oapi.dingtalk.com/robot/send?access_token=", 40),
            ("webex-webhook", "webexapis.com/v1/webhooks/incoming/", 40),
            ("webex-webhook", "api.ciscospark.com/v1/webhooks/incoming/", 40),
            ("guilded-webhook", "media.guilded.gg/webhooks/", 60),
            ("guilded-webhook", "www.guilded.gg/api/webhooks/", 60),
            ("chime-webhook", "hooks.chime.aws/incomingwebhooks/", 40),
            ("zoom-webhook", "inbots.zoom.us/incoming/hook/", 20),
            ("flock-webhook", "api.flock.com/hooks/sendMessage/", 30),
            ("ifttt-webhook", "maker.ifttt.com/use/", 20), ("zapier-webhook", "hooks.zapier.com/hooks/catch/", 10),
            ("pagerduty-webhook", "events.pagerduty.com/integration/", 30),
            ("slack-webhook", "hooks.slack.com/workflows/", 30),
            ("slack-webhook", "hooks.slack.com/triggers/", 30), ("slack-webhook", "hooks.slack-gov.com/services/", 30),
            ("make-webhook", "hook.make.com/", 28), ("make-webhook", "hook.eu1.make.com/", 28),
            ("make-webhook", "hook.eu2.make.com/", 28), ("make-webhook", "hook.us1.make.com/", 28),
            ("make-webhook", "hook.us2.make.com/", 28), ("make-webhook", "hook.integromat.com/", 28),
            ("pumble-webhook", "api.pumble.com/workspaces/", 40),
            ("twist-webhook", "twist.com/api/v3/integration_incoming/", 40),
            ("victorops-webhook", "alert.victorops.com/integrations/generic/", 36),
            ("power-automate-webhook", "logic.azure.com:443/workflows/", 60),
            ("power-automate-webhook", "logic.azure.com/workflows/", 60),
            ("ifttt-webhook", "maker.ifttt.com/trigger/", 30),
        ].map { KnownToken($0.0, $0.1, .url, $0.2, .url) } + [
            KnownToken("mattermost-webhook", "hooks/", .alphanumeric, 26, [.random, .exact, .url]),
            KnownToken("rocket-chat-webhook", "hooks/", .path, 60, [.random, .url]),
            KnownToken("matrix-token", "syt_", .word, 30, .random),
        ]

    static let payments: [KnownToken] =
        ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_"]
        .map { KnownToken("stripe-key", $0, .word, 16) } + [
            KnownToken("stripe-webhook-secret", "whsec_", .base64, 24),
            KnownToken("square-token", "sq0atp-", .base64URL, 22),
            KnownToken("square-token", "sq0csp-", .base64URL, 40),
            KnownToken("square-token", "EAAA", .base64URL, 60, [.alone, .random]),
            KnownToken("shopify-token", "shpat_", .hexadecimal, 32),
            KnownToken("shopify-token", "shpca_", .hexadecimal, 32),
            KnownToken("shopify-token", "shppa_", .hexadecimal, 32),
            KnownToken("shopify-token", "shpss_", .hexadecimal, 32),
            KnownToken("shippo-token", "shippo_live_", .hexadecimal, 40),
            KnownToken("shippo-token", "shippo_test_", .hexadecimal, 40),
            KnownToken("plaid-token", "access-sandbox-", .base64URL, 36),
            KnownToken("plaid-token", "access-development-", .base64URL, 36),
            KnownToken("plaid-token", "access-production-", .base64URL, 36),
            KnownToken("easypost-key", "EZAK", .alphanumeric, 54, .alone),
            KnownToken("easypost-key", "EZTK", .alphanumeric, 54, .alone),
            KnownToken("duffel-token", "duffel_live_", .base64URL, 40),
            KnownToken("duffel-token", "duffel_test_", .base64URL, 40),
            KnownToken("flutterwave-key", "FLWSECK", .base64URL, 12, .random),
            KnownToken("bitcoin-key", "xprv", .alphanumeric, 100, .alone),
            KnownToken("bitcoin-key", "yprv", .alphanumeric, 100, .alone),
            KnownToken("bitcoin-key", "zprv", .alphanumeric, 100, .alone),
            KnownToken("paddle-key", "pdl_live_apikey_", .word, 40, .random),
            KnownToken("paddle-key", "pdl_sdbx_apikey_", .word, 40, .random),
            KnownToken("polar-token", "polar_oat_", .alphanumeric, 36, .random),
            KnownToken("polar-token", "polar_pat_", .alphanumeric, 36, .random),
            KnownToken("klarna-key", "klarna_live_api_", .base64, 40, .random),
            KnownToken("klarna-key", "klarna_test_api_", .base64, 40, .random),
            KnownToken("paypal-token", "access_token$production$", .credential, 40),
            KnownToken("paypal-token", "access_token$sandbox$", .credential, 40),
            KnownToken("mercury-token", "secret-token:", .word, 30, .random),
            KnownToken("brex-token", "bxt_", .alphanumeric, 36, .random),
            KnownToken("lob-key", "live_", .hexadecimal, 35, [.alone, .exact]),
            KnownToken("lob-key", "test_", .hexadecimal, 35, [.alone, .exact]),
            KnownToken("gocardless-token", "live_", .base64URL, 40, [.alone, .random, .exact]),
            KnownToken("mollie-key", "live_", .alphanumeric, 30, [.alone, .random, .exact]),
            KnownToken("mollie-key", "test_", .alphanumeric, 30, [.alone, .random, .exact]),
            KnownToken("shopify-token", "shptka_", .hexadecimal, 32),
            KnownToken("shopify-token", "shpua_", .hexadecimal, 32),
        ]
}
