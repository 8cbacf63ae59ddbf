internal import Domain

extension Setting {
    /// Every setting, in the order in which people read them.
    package static let all: [Setting] = [
        text(
            "redis.url", \.redisURL,
            why:
                "Where the registry lives. \"embedded\": the companion runs a private redis-server in the state folder.",
            allowed: RedisPlace.forms.joined(separator: ", ")
        ) { text in
            ["unix:", "redis:", "rediss:", "redis+", "rediss+"].contains(where: text.hasPrefix) || text == "embedded"
        }
        .secret.untilRestart,
        text(
            "redis.user", \.redisLogin.user, why: "The user to log in as, where redis.url names none.",
            allowed: "a name without spaces"
        ) { !$0.contains(where: \.isWhitespace) && $0.utf8.count <= 200 }
        .untilRestart,
        file(
            "redis.password_file", \.redisLogin.passwordFile,
            why: "A file of yours, mode 0600, whose first line is the password: it is read again before each login."),
        text(
            "redis.sentinel_user", \.redisLogin.sentinelUser,
            why: "The user to log in as at the sentinels, where they have users of their own.",
            allowed: "a name without spaces"
        ) { !$0.contains(where: \.isWhitespace) && $0.utf8.count <= 200 }
        .untilRestart,
        file(
            "redis.sentinel_password_file", \.redisLogin.sentinelPasswordFile,
            why: "The same for the sentinels, where they want one."),
        file(
            "redis.tls_ca_file", \.redisTLS.authorities,
            why: "PEM certificates of the authorities that may vouch for the server. Empty: the system's."
        ).untilRestart,
        file(
            "redis.tls_cert_file", \.redisTLS.certificate,
            why: "Our own certificate in PEM form, with those that vouch for it, where the server wants one."
        ).untilRestart,
        file(
            "redis.tls_key_file", \.redisTLS.key, why: "Its private key, in PEM form."
        ).untilRestart,
        text(
            "redis.tls_server_name", \.redisTLS.serverName,
            why: "The name in the server's certificate, where it is not the one in redis.url.",
            allowed: "a host's name, and no address"
        ) { name in
            // TLS asks for names alone (RFC 6066, section 3), and the library ends such a connection.
            !name.contains(where: { $0.isWhitespace || $0 == "/" }) && name.utf8.count <= 253
                && (name.isEmpty || !RedisUpstream.Server(host: name, port: 0).isAddress)
        }
        .untilRestart,
        number(
            "redis.relay_connections", \.redisRelayConnections, 1...64,
            why: "How many connections the companion's relay keeps to each server for short questions, at most."
        ).untilRestart,
        number(
            "redis.connect_timeout_ms", \.redisConnectTimeoutMilliseconds, 1...60_000,
            why: "How long the command line waits for a connection. Hooks wait 20 ms, whatever this says."),
        number(
            "redis.reply_timeout_ms", \.redisReplyTimeoutMilliseconds, 1...60_000,
            why: "How long the command line waits for each reply. Hooks wait 20 ms, whatever this says."),
        flag(
            "companion.autostart", \.companionAutostart,
            why: "Whether lookup, dispatch and hooks start the companion when the embedded Redis is away."),
        flag(
            "tracking.enabled", \.isTracking,
            why: "Whether anything is recorded at all. 'holdfast tracking stop' is for single keys and projects."),
        number(
            "sweep_interval_seconds", \.sweepIntervalSeconds, 1...86_400,
            why: "How often the companion drops bindings that were not used for longer than their maximum age."),
        number(
            "dispatch.retire_after", \.retireAfter, 0...1000,
            why:
                "How often in a row the API refuses a session with the same 400 or 413 until it is kept, but not offered. 0: never."
        ),
        choice(
            "expired.action", \.expiredAction,
            why:
                "What becomes of a session that was unused for longer than max_session_age_ms: a fresh start, or a resume all the same, as long as vault.keep_days."
        ),
        number(
            "session.remote_busy_minutes", \.remoteBusyMinutes, 0...10_080,
            why:
                "How long a session counts as driven that another host or container has open, after it was used there last."
        ),
        text(
            "pool", \.pool,
            why: "Whose queue episodes go to. Empty: this host's own. Hosts that share an archive share a name.",
            allowed: "up to 64 letters, digits, '.', '_' and '-'"
        ) { $0.utf8.count <= 64 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) } }
        .untilRestart,
        number(
            "inactivity_timeout_seconds", \.inactivityTimeoutSeconds, 1...86_400,
            why: "A transcript that no hook reported is captured when nothing was added to it for so long."),
        number(
            "check_interval_seconds", \.checkIntervalSeconds, 1...86_400,
            why: "How often the companion looks for transcripts that neither a hook nor the watcher reported."),
        number(
            "rolling_period_hours", \.rollingPeriodHours, 1...8760,
            why: "How far back it looks. Older ones are for 'holdfast sync'."),
        text(
            "watch_path", \.watchPath,
            why: "A config folder of Claude Code to watch, beside ~/.claude and those that hooks were seen in.",
            allowed: "an absolute path, or empty"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        choice("filtering.user_messages", \.filter.userMessages, why: "What people typed."),
        choice("filtering.agent_messages", \.filter.agentMessages, why: "What the agent said."),
        choice(
            "filtering.tool_calls", \.filter.toolCalls,
            why: "What the agent did. digest: each call's name and what it acted on."),
        choice(
            "filtering.tool_results", \.filter.toolResults, why: "What came of it. digest: failures only, shortened."),
        choice("filtering.thinking", \.filter.thinking, why: "What the agent thought."),
        number(
            "filtering.summary_min_chars", \.filter.summaryMinCharacters, 200...100_000,
            why: "summary: what is longer is summed up by the model; until then its digest stands."),
        number(
            "filtering.long_paste_bytes", \.filter.longPasteBytes, 1000...1_000_000,
            why: "A typed message longer than this loses its middle."),
        patterns(
            "redaction.patterns", \.secretPatterns,
            why: "Secrets of your own, kind to pattern: { \"acme-key\": \"acme_[0-9a-f]{32}\" }."),
        number(
            "conversations.max_messages", \.conversations.maxMessages, 1...1000,
            why: "How many of the last messages under a dispatch key are at hand in Redis."),
        number(
            "conversations.max_context_messages", \.conversations.maxContextMessages, 1...1000,
            why: "How many of them a fresh session is shown where the last one could not be resumed."),
        number(
            "conversations.max_context_chars", \.conversations.maxContextCharacters,
            500...Int64(CarryOver.mostCharacters),
            why: "And how many characters at most; the oldest messages go first. The client takes 10,000."),
        number(
            "conversations.timeout_hours", \.conversations.timeoutHours, 1...8760,
            why:
                "How long after its last message a conversation is kept there."
        ),
        choice(
            "carry_over.when", \.carryOver,
            why: "Which keys' fresh sessions are shown them. dispatch: those that somebody named, none of folders."),
        choice(
            "tools.guard", \.toolGuard,
            why:
                "What is done about a tool that is unavailable. advise: the model is told. deny: its calls are refused, too, until one is let through as a probe; see 'holdfast hooks install'."
        ),
        number(
            "recall.at_start", \.recallCharacters, 0...Int64(CarryOver.mostCharacters),
            why:
                "Characters of the latest memories' titles, of key and project, that fresh sessions are shown, such as 2000. 0: none."
        ),
        flag(
            "summaries.sessions", \.summarisesSessions,
            why:
                "Whether a model is asked for a summary of each session that ended or was quiet, by the memories of its episodes."
        ),
        number(
            "retry_queue_max_size", \.queueMaxSize, 1...1_000_000,
            why: "Episodes in Redis at most. When it is full, notes wait in the spool; nothing is lost."),
        number(
            "spool.max_bytes", \.spoolMaxBytes, 1 << 20...1 << 40,
            why: "How large the spool may grow; 'holdfast status' warns at half of it."),
        number(
            "spool.min_free_bytes", \.spoolMinFreeBytes, 0...1 << 40,
            why: "No note is written when less than this is free on its disk; a warning comes at four times that."),
        seconds(
            "retry_delays_seconds", \.retry.delaysMilliseconds,
            why: "How long a failed episode waits, failure by failure; never shorter than the provider asks for."),
        number("retry_max_attempts", \.retry.maximum, 0...100, why: "Retries of one episode before it is dead."),
        choice(
            "provider.kind", \.provider.kind,
            why: "Who makes memories. none: episodes are archived and searchable, no model is asked."),
        text(
            "provider.base_url", \.provider.baseURL,
            why:
                "Empty: the provider's own. For Azure, Groq, Gemini, Ollama, vLLM, llama.cpp: kind openai and their URL.",
            allowed: "http://… or https://…"
        ) { $0.isEmpty || $0.hasPrefix("http://") || $0.hasPrefix("https://") },
        text(
            "provider.model", \.provider.model, why: "The model's name; claude-cli may leave it empty.", allowed: "text"
        ) { $0.utf8.count <= 200 && !$0.utf8.contains { $0 < 32 } },
        text(
            "provider.api_key_env", \.provider.keyVariable,
            why: "Which environment variable holds the key. Empty: ANTHROPIC_API_KEY or OPENAI_API_KEY.",
            allowed: "a variable's name"
        ) { $0.utf8.count <= 100 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } },
        text(
            "provider.api_key_file", \.provider.keyFile,
            why: "Or a file with nothing but the key, readable by you alone (0600).", allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        texts(
            "provider.headers", \.provider.headers,
            why: "Further HTTP headers. ${NAME} stands for an environment variable: { \"api-key\": \"${AZURE_KEY}\" }."
        ).secret,
        texts("provider.query", \.provider.query, why: "Query of every call: { \"api-version\": \"2024-10-21\" }.")
            .secret,
        number(
            "provider.max_output_tokens", \.provider.maxOutputTokens, 100...100_000,
            why: "What the model may answer at most."),
        number(
            "provider.max_input_bytes", \.provider.maxInputBytes, 1000...1 << 20,
            why: "Of an episode's text, so much is sent at most; the middle is left out."),
        number(
            "provider.connect_timeout_seconds", \.provider.connectTimeoutSeconds, 1...300,
            why: "How long a connection may take."),
        number(
            "provider.response_timeout_seconds", \.provider.headerTimeoutSeconds, 1...3600,
            why: "How long the provider may take to begin its reply."),
        number(
            "provider.max_response_bytes", \.provider.maxResponseBytes, 10_000...1 << 30,
            why: "A longer reply is cut off and counts as failed."),
        text(
            "provider.proxy", \.provider.proxy, why: "An HTTP proxy.", allowed: "http://[user:password@]host:port"
        ) { $0.isEmpty || $0.hasPrefix("http://") }
        .secret,
        text(
            "provider.ca_file", \.provider.caFile, why: "Certificates to trust beside the system's (PEM).",
            allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        text(
            "provider.command", \.provider.command, why: "Of claude-cli: which claude to run.",
            allowed: "a name on PATH, or an absolute path"
        ) { !$0.isEmpty && !$0.utf8.contains { $0 <= 32 } },
        number(
            "episode_timeout_seconds", \.provider.episodeTimeoutSeconds, 1...3600,
            why: "How long one call of the model may take as a whole."),
        number(
            "concurrency", \.concurrency, 1...256,
            why: "Episodes worked on at once; after an outage it begins with one."),
        number(
            "calls_per_minute", \.callsPerMinute, 0...100_000,
            why: "Calls of the model a minute at most; 0 leaves it to the provider's own limits."),
        number(
            "daily_token_budget", \.dailyTokenBudget, 0...1_000_000_000_000,
            why: "Tokens of a UTC day after which no model is asked until the next; 0 for no limit."),
        number(
            "health_check_interval_seconds", \.healthCheckIntervalSeconds, 5...86_400,
            why: "How often the provider is checked; less and less often while it is down. Costs no tokens."),
        choice(
            "on_llm_unavailable", \.unavailablePolicy,
            why: "What 'holdfast memory add' does without a model: refuse, store the raw text, or queue it for later."),
        number(
            "wait_for_completion_default", \.waitForCompletionSeconds, 0...3600,
            why: "Seconds that 'holdfast memory add' waits for the memory unless told otherwise."),
        text(
            "archive.path", \.archivePath,
            why: "The archive's file, on a local disk. Empty: in the state folder.", allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") }
        .untilRestart,
        flag(
            "vault.enabled", \.vault.isOn,
            why: "Whether transcripts are kept as the client wrote them, so that a session comes back that was deleted."
        ),
        number(
            "vault.keep_days", \.vault.keepDays, 1...36_500,
            why: "How long a session is kept to which nothing was added. One that a key has stays."),
        number(
            "vault.max_bytes", \.vault.maxBytes, 1 << 20...1 << 50,
            why:
                "How large the vault may grow: then the sessions go that were longest unused. One that a key has stays. With a second copy they go there, from nine tenths on, and wait here up to twice the limit."
        ),
        text(
            "vault.encrypt_key_file", \.vault.keyFile,
            why:
                "Encrypts what is kept from then on (AES-256-GCM); a file with 64 hexadecimal digits, readable by you alone.",
            allowed: "an absolute path, or empty"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        objects(
            "sinks", \.sinks,
            why:
                "Where finished memories and summaries are handed on to: {\"kind\": \"folder\", \"path\": \"/…\"}, webhook (url, secret_file), graphiti (url, group, protocol, api_key_file); each with a name of its own."
        ),
        text(
            "notifications.webhook_url", \.notifications.webhookURL,
            why: "Told of permanent failures and of outages, by POST of JSON.", allowed: "http://… or https://…"
        ) { $0.isEmpty || $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        .secret,
        text(
            "notifications.webhook_secret_file", \.notifications.secretFile,
            why: """
                Signs each message (X-Holdfast-Signature: sha256=HMAC of X-Holdfast-Timestamp, a point and the body); a file \
                readable by you alone.
                """,
            allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        number(
            "notifications.threshold", \.notifications.threshold, 1...1000,
            why: "Failures in a row before somebody is told."),
        flag(
            "checkpoints.enabled", \.checkpointsAreOn,
            why:
                "Whether the companion makes a checkpoint of archive, keys and configuration every hour in which something changed."
        ),
        text(
            "remote.url", \.remote.url,
            why:
                "A second copy of all that is kept: a git remote (git@host:path, ssh://, https://, a path), or a folder on another disk. 'holdfast remote key' first. Empty: none.",
            allowed: "ssh://…, user@host:path, https://… without a password, or an absolute path"
        ) { RemotePolicy.isAddress($0) },
        choice(
            "remote.mode", \.remote.mode,
            why: "local-only: nothing leaves this host until it says sync again; what changes waits."),
        flag(
            "remote.encrypt", \.remote.encrypts,
            why: "Whether what is copied is encrypted (AES-256-GCM). Only a folder takes it in clear."),
        text(
            "remote.key_file", \.remote.keyFile,
            why:
                "Its keys; readable by you alone. Empty: remote.key beside this file. Keep it elsewhere too: without it the copy is worthless.",
            allowed: "an absolute path, or empty"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        text(
            "remote.token_env", \.remote.tokenVariable, why: "Which environment variable holds a token for https.",
            allowed: "a variable's name"
        ) { $0.utf8.count <= 100 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") } },
        text(
            "remote.token_file", \.remote.tokenFile,
            why: "Or a file with nothing but the token, readable by you alone (0600).", allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        text(
            "remote.api_url", \.remote.apiURL,
            why: "GitHub's API, where it is not that of github.com: https://HOST/api/v3.", allowed: "https://…"
        ) { $0.isEmpty || $0.hasPrefix("https://") || $0.hasPrefix("http://127.0.0.1:") },
        text(
            "remote.ca_file", \.remote.caFile,
            why:
                "Certificates to trust in place of the system's, for https (PEM): of a server with an authority of its own.",
            allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        number(
            "watch.interval_seconds", \.watch.intervalSeconds, 60...3600,
            why: "How often the companion looks at the figures below while sessions are active."),
        number(
            "watch.latency_warning_ms", \.watch.latencyWarningMilliseconds, 1...600_000,
            why: "Of each remote API, the 95th percentile of five minutes: from here on a warning."),
        number(
            "watch.latency_critical_ms", \.watch.latencyCriticalMilliseconds, 1...600_000,
            why: "And from here on critical."),
        number(
            "watch.latency_rise_warning_percent", \.watch.latencyRisePercent, 1...100_000,
            why: "The same against the API's own last day."),
        number(
            "watch.errors_warning_percent", \.watch.errorsWarningPercent, 1...100,
            why: "Calls of a remote API that failed, of those of 15 minutes."),
        number(
            "watch.errors_critical_percent", \.watch.errorsCriticalPercent, 1...100,
            why: "And from here on critical."),
        number(
            "watch.errors_min_calls", \.watch.errorsMinimumCalls, 1...10_000,
            why: "Of fewer calls no such share is told."),
        number(
            "watch.rate_limit_warning_percent", \.watch.rateLimitWarningPercent, 0...100,
            why: "What an API still grants of its tightest limit: a warning under it, critical at nothing."),
        number(
            "watch.sync_lag_warning_seconds", \.watch.syncLagWarningSeconds, 1...31_536_000,
            why: "Age of the oldest change that the second copy lacks."),
        number(
            "watch.sync_lag_critical_seconds", \.watch.syncLagCriticalSeconds, 1...31_536_000,
            why: "And from here on critical."),
        number(
            "watch.conflicts_warning_percent", \.watch.conflictsWarningPercent, 1...100,
            why: "Copies that disagree, of those compared."),
        number(
            "watch.conflicts_critical_percent", \.watch.conflictsCriticalPercent, 1...100,
            why: "And from here on critical."),
        number(
            "watch.room_warning_days", \.watch.roomWarningDays, 1...3650,
            why: "Until vault or disk are full, by the growth of the last 14 days: a warning under it."),
        number(
            "watch.room_critical_days", \.watch.roomCriticalDays, 0...3650,
            why: "And up to here critical."),
        number(
            "watch.failed_syncs_warning", \.watch.failedSyncsWarning, 1...1000,
            why: "Syncs of the second copy that failed in a row."),
        number(
            "watch.failed_syncs_critical", \.watch.failedSyncsCritical, 1...1000,
            why: "And from here on critical."),
        flag(
            "dashboard.enabled", \.dashboardIsOn,
            why: "Whether the companion serves page, JSON and metrics over HTTP."),
        text(
            "dashboard.listen", \.dashboardAddress,
            why: "Where it listens: on this machine only. A taken port is a warning in its log.",
            allowed: "127.0.0.1:PORT, [::1]:PORT or unix:/path"
        ) { LoopbackAddress($0) != nil },
        price(
            "prices.input_usd_per_million_tokens", \.inputPrice,
            why: "What your provider charges; 'holdfast sync' says what capturing history would cost."),
        price("prices.output_usd_per_million_tokens", \.outputPrice, why: "The same, for what the model answers."),
        text(
            "log_level", \.logLevel, why: "How much the companion logs.",
            allowed: Configuration.logLevels.joined(separator: ", ")
        ) { Configuration.logLevels.contains($0) },
    ]
}
