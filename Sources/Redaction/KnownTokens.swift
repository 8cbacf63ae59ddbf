/// The tokens that say what they are, by provider.
///
/// Shapes are those their providers document, or that gitleaks and detect-secrets know. Public identifiers of the same
/// providers (Stripe's `pk_`, Mapbox's `pk.`, PostHog's `phc_`, AWS's `AIDA`) are no secrets and not here.
enum KnownTokens {
    static let all: [KnownToken] = languageModels + codeHosts + clouds + messengers + payments + packages + services

    private static let languageModels: [KnownToken] = [
        KnownToken("anthropic-key", "sk-ant-", .base64URL, 24, .random),
        KnownToken("openrouter-key", "sk-or-", .base64URL, 32, .random),
        KnownToken("openai-key", "sk-proj-", .base64URL, 32, .random),
        KnownToken("openai-key", "sk-svcacct-", .base64URL, 32, .random),
        KnownToken("openai-key", "sk-admin-", .base64URL, 32, .random),
        KnownToken("openai-key", "sk-", .base64URL, 20, [.alone, .random]),
        KnownToken("openai-key", "sess-", .alphanumeric, 40, [.alone, .random, .exact]),
        KnownToken("google-key", "AIza", .base64URL, 35),
        KnownToken("google-key", "AQ.Ab", .base64URL, 40, .alone),
        KnownToken("google-client-secret", "GOCSPX-", .base64URL, 24),
        KnownToken("google-token", "ya29.", .dotted, 20),
        KnownToken("google-token", "1//0", .base64URL, 36, .alone),
        KnownToken("xai-key", "xai-", .alphanumeric, 40, .random),
        KnownToken("groq-key", "gsk_", .alphanumeric, 40, .random),
        KnownToken("replicate-token", "r8_", .alphanumeric, 32, .random),
        KnownToken("perplexity-key", "pplx-", .alphanumeric, 40, .random),
        KnownToken("nvidia-key", "nvapi-", .base64URL, 40, .random),
        KnownToken("huggingface-token", "hf_", .alphanumeric, 30),
        KnownToken("huggingface-token", "api_org_", .alphanumeric, 30),
        KnownToken("cerebras-key", "csk-", .alphanumeric, 40, .random),
        KnownToken("fireworks-key", "fw_", .alphanumeric, 22, [.alone, .random]),
        KnownToken("together-key", "tgp_v1_", .base64URL, 40, .random),
        KnownToken("jina-key", "jina_", .base64URL, 40, .random),
        KnownToken("tavily-key", "tvly-", .base64URL, 28, .random),
        KnownToken("firecrawl-key", "fc-", .hexadecimal, 32, [.alone, .exact]),
        KnownToken("e2b-key", "e2b_", .hexadecimal, 40),
        KnownToken("elevenlabs-key", "sk_", .hexadecimal, 48, [.alone, .exact]),
        KnownToken("langsmith-key", "lsv2_", .base64URL, 32, .random),
        KnownToken("langfuse-key", "sk-lf-", .base64URL, 32, .random),
    ]

    private static let codeHosts: [KnownToken] =
        ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map { KnownToken("github-token", $0, .word, 36) } + [
            KnownToken("github-token", "github_pat_", .word, 40),
            KnownToken("gitlab-token", "glpat-", .dotted, 20),
            KnownToken("gitlab-token", "GR1348941", .base64URL, 20),
            KnownToken("bitbucket-token", "ATBB", .alphanumeric, 32, .alone),
            KnownToken("bitbucket-token", "ATCTT3", .credential, 60),
            KnownToken("atlassian-token", "ATATT3", .credential, 60),
            KnownToken("sourcegraph-token", "sgp_", .word, 40, .random),
            KnownToken("azure-devops-token", "azd_", .alphanumeric, 52, .random),
        ]
        + [
            "gldt-", "glrt-", "glrtr-", "glptt-", "glft-", "glimt-", "glagent-", "glcbt-", "glsoat-", "glffct-",
            "gloas-",
        ]
        .map { KnownToken("gitlab-token", $0, .dotted, 20, .random) }

    private static let clouds: [KnownToken] =
        ["AKIA", "ASIA", "ABIA", "ACCA"].map { KnownToken("aws-access-key", $0, .upperDigits, 16, .exact) } + [
            KnownToken("aws-bedrock-key", "ABSK", .base64, 100, .alone),
            KnownToken("aws-bedrock-key", "bedrock-api-key-", .base64, 40),
            KnownToken("alibaba-access-key", "LTAI", .alphanumeric, 12, [.alone, .random]),
            KnownToken("tencent-access-key", "AKID", .alphanumeric, 32, [.alone, .random]),
            KnownToken("digitalocean-token", "dop_v1_", .hexadecimal, 64),
            KnownToken("digitalocean-token", "doo_v1_", .hexadecimal, 64),
            KnownToken("digitalocean-token", "dor_v1_", .hexadecimal, 64),
            KnownToken("heroku-key", "HRKU-", .base64URL, 30, .random),
            KnownToken("fly-token", "FlyV1 ", .credential, 40),
            KnownToken("fly-token", "fo1_", .base64URL, 43),
            KnownToken("fly-token", "fm1a_", .base64, 80),
            KnownToken("fly-token", "fm1r_", .base64, 80),
            KnownToken("fly-token", "fm2_", .base64, 80),
            KnownToken("cloudflare-key", "v1.0-", .base64URL, 100, .alone),
            KnownToken("scalingo-token", "tk-us-", .base64URL, 48),
            KnownToken("vercel-token", "vcp_", .alphanumeric, 24, .random),
            KnownToken("vercel-token", "vck_", .alphanumeric, 24, .random),
            KnownToken("vercel-token", "vca_", .alphanumeric, 24, .random),
            KnownToken("netlify-token", "nfp_", .alphanumeric, 36, .random),
            KnownToken("render-key", "rnd_", .alphanumeric, 28, .random),
            KnownToken("neon-key", "napi_", .alphanumeric, 40, .random),
            KnownToken("supabase-key", "sbp_", .word, 40, .random),
            KnownToken("supabase-key", "sb_secret_", .base64URL, 28, .random),
            KnownToken("planetscale-token", "pscale_", .dotted, 32, .random),
            KnownToken("vault-token", "hvs.", .base64URL, 24),
            KnownToken("vault-token", "hvb.", .base64URL, 24),
            KnownToken("vault-token", "hvr.", .base64URL, 24),
            KnownToken("doppler-token", "dp.", .dotted, 40, [.alone, .random]),
            KnownToken("pulumi-token", "pul-", .hexadecimal, 40),
            KnownToken("openshift-token", "sha256~", .base64URL, 43),
            KnownToken("tailscale-key", "tskey-", .base64URL, 20, .random),
            KnownToken("databricks-token", "dapi", .hexadecimal, 32, .alone),
            KnownToken("1password-token", "ops_eyJ", .base64, 100),
            KnownToken("age-key", "AGE-SECRET-KEY-1", .upperDigits, 50),
            KnownToken("infracost-key", "ico-", .alphanumeric, 32, [.alone, .random]),
            KnownToken("prefect-key", "pnu_", .alphanumeric, 36, .random),
        ]

    private static let messengers: [KnownToken] =
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
                KnownToken("discord-webhook", "https://\(part)\($0).com/api/webhooks/", .path, 60)
            }
        } + [KnownToken("discord-webhook", "discord.com/api/webhooks/", .path, 60)]

    private static let payments: [KnownToken] =
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
        ]

    private static let packages: [KnownToken] = [
        KnownToken("npm-token", "npm_", .alphanumeric, 36),
        KnownToken("pypi-token", "pypi-", .base64URL, 40, .random),
        KnownToken("rubygems-key", "rubygems_", .hexadecimal, 48),
        KnownToken("clojars-token", "CLOJARS_", .alphanumeric, 60),
        KnownToken("crates-token", "cio", .alphanumeric, 32, [.alone, .random, .exact]),
        KnownToken("nuget-key", "oy2", .alphanumeric, 43, [.alone, .random, .exact]),
        KnownToken("docker-token", "dckr_pat_", .base64URL, 24),
        KnownToken("docker-token", "dckr_oat_", .base64URL, 24),
        KnownToken("artifactory-key", "AKCp", .alphanumeric, 60, .alone),
        KnownToken("artifactory-key", "cmVmdGtu", .alphanumeric, 50, .alone),
        KnownToken("jwt", "eyJrIjoi", .base64, 70, .alone),
    ]

    private static let services: [KnownToken] = [
        KnownToken("sendgrid-key", "SG.", .dotted, 60, [.alone, .random]),
        KnownToken("twilio-key", "SK", .hexadecimal, 32, [.alone, .exact]),
        KnownToken("mailgun-key", "key-", .hexadecimal, 32, [.alone, .exact]),
        KnownToken("sendinblue-key", "xkeysib-", .base64URL, 64),
        KnownToken("sendinblue-key", "xsmtpsib-", .base64URL, 64),
        KnownToken("mailersend-key", "mlsn.", .hexadecimal, 64),
        KnownToken("resend-key", "re_", .word, 30, [.alone, .random]),
        KnownToken("linear-key", "lin_api_", .alphanumeric, 32),
        KnownToken("linear-key", "lin_oauth_", .alphanumeric, 32),
        KnownToken("notion-token", "ntn_", .alphanumeric, 40),
        KnownToken("notion-token", "secret_", .alphanumeric, 43, [.alone, .random, .exact]),
        KnownToken("figma-token", "figd_", .base64URL, 38),
        KnownToken("figma-token", "figu_", .base64URL, 38),
        KnownToken("postman-key", "PMAK-", .base64URL, 50),
        KnownToken("dropbox-token", "sl.", .base64URL, 100, [.alone, .random]),
        KnownToken("facebook-token", "EAA", .alphanumeric, 100, [.alone, .random]),
        KnownToken("mapbox-token", "sk.eyJ", .dotted, 60, .alone),
        KnownToken("grafana-token", "glc_", .base64, 32),
        KnownToken("grafana-token", "glsa_", .word, 32),
        KnownToken("sentry-token", "sntrys_", .credential, 40),
        KnownToken("sentry-token", "sntryu_", .hexadecimal, 40),
        KnownToken("newrelic-key", "NRAK-", .upperDigits, 24),
        KnownToken("newrelic-key", "NRII-", .base64URL, 24),
        KnownToken("newrelic-key", "NRAA-", .alphanumeric, 24),
        KnownToken("dynatrace-token", "dt0c01.", .dotted, 80),
        KnownToken("posthog-key", "phx_", .alphanumeric, 40),
        KnownToken("sonar-token", "squ_", .hexadecimal, 40),
        KnownToken("sonar-token", "sqp_", .hexadecimal, 40),
        KnownToken("sonar-token", "sqa_", .hexadecimal, 40),
        KnownToken("circleci-token", "CCIPAT_", .word, 40),
        KnownToken("circleci-token", "CCIPRJ_", .word, 40),
        KnownToken("buildkite-token", "bkua_", .hexadecimal, 40),
        KnownToken("snyk-token", "snyk_uat.", .dotted, 40),
        KnownToken("contentful-token", "CFPAT-", .base64URL, 43),
        KnownToken("hubspot-token", "pat-na1-", .base64URL, 36),
        KnownToken("hubspot-token", "pat-eu1-", .base64URL, 36),
        KnownToken("typeform-token", "tfp_", .dotted, 40),
        KnownToken("readme-key", "rdme_", .alphanumeric, 60),
        KnownToken("frameio-token", "fio-u-", .base64URL, 60),
        KnownToken("adafruit-key", "aio_", .alphanumeric, 28, [.alone, .random]),
        KnownToken("adobe-secret", "p8e-", .base64URL, 32, .alone),
        KnownToken("intra42-secret", "s-s4t2ud-", .hexadecimal, 64),
        KnownToken("intra42-secret", "s-s4t2af-", .hexadecimal, 64),
        KnownToken("clickhouse-key", "4b1d", .alphanumeric, 38, [.alone, .random, .exact]),
        KnownToken("zuplo-key", "zpka_", .word, 36),
        KnownToken("nostr-key", "nsec1", .alphanumeric, 58, [.alone, .exact]),
    ]
}
