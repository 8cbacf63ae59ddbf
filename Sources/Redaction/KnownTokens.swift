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
        KnownToken("runpod-key", "rpa_", .alphanumeric, 40, .random),
        KnownToken("llamaindex-key", "llx-", .base64URL, 40, .random),
        KnownToken("pinecone-key", "pcsk_", .word, 50, .random),
        KnownToken("helicone-key", "sk-helicone-", .base64URL, 28, .random),
        KnownToken("anyscale-key", "esecret_", .alphanumeric, 24, .random),
        KnownToken("apify-token", "apify_api_", .alphanumeric, 30, .random),
        KnownToken("browserbase-key", "bb_live_", .base64URL, 24, .random),
        KnownToken("langchain-key", "ls__", .alphanumeric, 32, [.alone, .random]),
        KnownToken("voyage-key", "pa-", .base64URL, 43, [.alone, .random, .exact]),
        KnownToken("wandb-key", "wandb_v1_", .word, 40, .random),
        KnownToken("sourcegraph-token", "slk_", .hexadecimal, 64),
        KnownToken("cursor-key", "crsr_", .hexadecimal, 60),
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
            KnownToken("gitlab-token", "_gitlab_session=", .hexadecimal, 32, .keepsPrefix),
            KnownToken("gitguardian-token", "ggp_", .alphanumeric, 40, .random),
            KnownToken("endor-key", "endr+", .alphanumeric, 16, .random),
        ]
        + [
            "gldt-", "glrt-", "glrtr-", "glptt-", "glft-", "glimt-", "glagent-", "glcbt-", "glsoat-", "glffct-",
            "gloas-",
        ]
        .map { KnownToken("gitlab-token", $0, .dotted, 20, .random) }
}
