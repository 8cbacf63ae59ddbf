internal import Domain

/// What providers say about their load, and about ours.
enum CapacityPhrases {
    static let rules = [
        MessageRules.Rule(.starting, ["loading model", "is currently loading", "model is loading", "still loading"]),
        MessageRules.Rule(
            .lacksMemory,
            [
                "more system memory", "out of memory", "requires more*memory", "insufficient memory",
                "not enough memory", "failed to allocate",
            ]),
        MessageRules.Rule(
            .plain(.overloaded),
            [
                "overloaded", "overload", "at capacity", "over capacity", "no capacity", "capacity exceeded",
                "tier capacity", "high demand", "peak load", "server busy", "server is busy", "is busy", "too busy",
                "are busy", "high traffic", "heavy load", "high load", "heavy traffic", "maximum pending requests",
                "queue is full", "queue full", "exceeded*capacity", "insufficient capacity", "capacity constraints",
                "out of capacity", "model is not ready", "not ready to serve", "experiencing*load", "server load",
                "limited capacity", "capacity is limited", "instance_too_busy", "负载", "繁忙",
            ]),
        MessageRules.Rule(
            .plain(.rateLimit),
            [
                "rate limit", "rate_limit", "rate-limit", "ratelimit", "too many requests", "too many tokens",
                "throttl", "per minute", "per-minute", "perminute", "/min", "/ min", "per second", "(rpm)", "(tpm)",
                "too many concurrent", "concurrent requests", "concurrency limit", "concurrency quota",
                "limiting requests", "retry shortly",
                "resource exhausted", "resource has been exhausted", "quota exceeded", "quota limit",
                "requests too frequent", "too frequent", "request limit", "slow down", "频率", "速率", "request rate",
                "requests rate",
            ]),
    ]

    /// Words that fit much: asked behind all others.
    static let general = [
        MessageRules.Rule(
            .plain(.overloaded),
            [
                "temporarily unavailable", "service unavailable", "currently unavailable", "no healthy upstream",
                "model is unavailable", "service is unavailable", "no server is available", "currently down",
                "temporarily out of service", "no available",
            ]),
        MessageRules.Rule(
            .plain(.serverError),
            [
                "internal server error", "internal error", "unexpected error", "server had an error", "bad gateway",
                "something went wrong", "server error", "unexpectedly stopped", "runner process", "internal exception",
                "unhandled exception", "enginecore", "error occurred while processing",
                "unable to process your request", "upstream error", "invalid response from",
            ]),
        MessageRules.Rule(
            .plain(.invalidRequest),
            [
                "invalid request", "bad request", "page not found", "validation error", "invalid value",
                "missing required", "invalid parameter", "tool use concurrency", "must be non-empty", "invalid json",
                "invalid type", "does not support", "not supported", "invalid 'messages", "method not allowed",
            ]),
    ]
}

/// What providers say about a request itself.
enum RequestPhrases {
    static let rules = [
        MessageRules.Rule(
            .plain(.requestTooLarge),
            [
                "request exceeds the maximum size", "request too large", "request is too large", "entity too large",
                "payload too large", "payload size exceeds", "body too large", "body is too large", "content too large",
                "length less than or equal to", "body exceeded*limit", "exceeds*mb maximum",
                "exceeds the maximum allowed size",
                "request body exceeds", "request size exceeds", "larger than*per-minute", "image was too large",
                "image exceeds", "pdf too large", "string too long", "exceeds maximum size", "maximum request size",
                "message larger than max", "failed to buffer the request body", "body size*exceeds",
                "request size limit",
            ]),
        MessageRules.Rule(
            .plain(.contextLength),
            [
                "prompt is too long", "prompt too long", "context length", "context_length", "context window",
                "context size", "context limit", "context overflow", "input is too long", "input too long",
                "input token count*exceeds", "exceeds the maximum number of tokens", "maximum number of tokens",
                "too many input tokens", "too many tokens:", "prompt contains*tokens", "maximum prompt length",
                "reduce the length", "reduce your prompt", "maximum model length", "longer than the model",
                "max_new_tokens' must be", "exceeded model token limit", "exceeds model token limit",
                "range of input length", "input tokens exceed", "prompt token count", "exceeds n_ctx", "n_ctx",
                "conversation is too long", "conversation too long", "too long for requested model",
                "exceeds the limit of*tokens", "maximum input length", "max input length", "input length*exceeds",
                "tokens exceed", "exceeds*token limit", "token limit exceeded", "too large for model with",
                "input exceeds", "longer than*tokens", "available context", "prompt*exceeds*tokens", "max seq",
                "exceeds max length", "max_model_len", "token count exceeds", "tokens in the prompt exceed",
            ]),
    ]
}
