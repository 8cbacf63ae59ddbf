internal import Domain

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
