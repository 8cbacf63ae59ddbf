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
