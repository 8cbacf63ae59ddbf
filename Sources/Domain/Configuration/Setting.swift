/// One setting of `holdfast.json`: where it stands, what it is for, what it may be.
package struct Setting: Sendable {
    package let path: String
    package let why: String
    package let allowed: String
    /// Takes a value over; false when it is not allowed.
    let apply: @Sendable (JSONValue, inout Configuration) -> Bool
    let read: @Sendable (Configuration) -> JSONValue

    /// A password may stand in it: never shown as it is.
    package var holdsSecret: Bool { Self.secrets.contains(path) }
    private static let secrets: Set = [
        "redis.url", "provider.headers", "provider.query", "provider.proxy", "notifications.webhook_url",
    ]

    package var standard: JSONValue { read(Configuration()) }

    package func value(in configuration: Configuration) -> JSONValue { read(configuration) }

    package static let all: [Setting] = [
        text(
            "redis.url", \.redisURL,
            why:
                "Where the registry lives. \"embedded\": the companion runs a private redis-server in the state folder.",
            allowed: "embedded, unix:/path, redis://[user:password@]host:port[/db]"
        ) { $0 == "embedded" || $0.hasPrefix("unix:") || $0.hasPrefix("redis://") || $0.hasPrefix("rediss://") },
        number(
            "redis.connect_timeout_ms", \.redisConnectTimeoutMilliseconds, 1...60_000,
            why: "How long the command line waits for a connection. Hooks wait 20 ms, whatever this says."),
        number(
            "redis.reply_timeout_ms", \.redisReplyTimeoutMilliseconds, 1...60_000,
            why: "How long the command line waits for each reply. Hooks wait 20 ms, whatever this says."),
        flag(
            "companion.autostart", \.companionAutostart,
            why: "Whether lookup, dispatch and hooks start the companion when the embedded Redis is away."),
        number(
            "sweep_interval_seconds", \.sweepIntervalSeconds, 1...86_400,
            why: "How often the companion drops bindings that were not used for longer than their maximum age."),
        text(
            "pool", \.pool,
            why: "Whose queue episodes go to. Empty: this host's own. Hosts that share an archive share a name.",
            allowed: "up to 64 letters, digits, '.', '_' and '-'"
        ) { $0.utf8.count <= 64 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) } },
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
            "filtering.long_paste_bytes", \.filter.longPasteBytes, 1000...1_000_000,
            why: "A typed message longer than this loses its middle."),
        patterns(
            "redaction.patterns", \.secretPatterns,
            why: "Secrets of your own, kind to pattern: { \"acme-key\": \"acme_[0-9a-f]{32}\" }."),
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
            why: "Further HTTP headers. ${NAME} stands for an environment variable: { \"api-key\": \"${AZURE_KEY}\" }."),
        texts("provider.query", \.provider.query, why: "Query of every call: { \"api-version\": \"2024-10-21\" }."),
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
        ) { $0.isEmpty || $0.hasPrefix("http://") },
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
        ) { $0.isEmpty || $0.hasPrefix("/") },
        text(
            "notifications.webhook_url", \.notifications.webhookURL,
            why: "Told of permanent failures and of outages, by POST of JSON.", allowed: "http://… or https://…"
        ) { $0.isEmpty || $0.hasPrefix("http://") || $0.hasPrefix("https://") },
        text(
            "notifications.webhook_secret_file", \.notifications.secretFile,
            why: "Signs each message (X-Holdfast-Signature: sha256=HMAC of the body); a file readable by you alone.",
            allowed: "an absolute path"
        ) { $0.isEmpty || $0.hasPrefix("/") },
        number(
            "notifications.threshold", \.notifications.threshold, 1...1000,
            why: "Failures in a row before somebody is told."),
        price(
            "prices.input_usd_per_million_tokens", \.inputPrice,
            why: "What your provider charges; 'holdfast sync' says what capturing history would cost."),
        price("prices.output_usd_per_million_tokens", \.outputPrice, why: "The same, for what the model answers."),
        text(
            "log_level", \.logLevel, why: "How much the companion logs.",
            allowed: Configuration.logLevels.joined(separator: ", ")
        ) { Configuration.logLevels.contains($0) },
    ]

    // Key paths to stored properties of a value are sendable; their type does not say so by itself.
    private static func text(
        _ path: String, _ member: any WritableKeyPath<Configuration, String> & Sendable, why: String, allowed: String,
        isAllowed: @escaping @Sendable (String) -> Bool
    ) -> Setting {
        Setting(path: path, why: why, allowed: allowed) {
            guard case .string(let value) = $0, isAllowed(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .string($0[keyPath: member])
        }
    }

    private static func number(
        _ path: String, _ member: any WritableKeyPath<Configuration, Int64> & Sendable, _ range: ClosedRange<Int64>,
        why: String
    ) -> Setting {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Setting(path: path, why: why, allowed: allowed) {
            guard let value = $0.wholeNumber, range.contains(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .number(Double($0[keyPath: member]))
        }
    }

    private static func patterns(
        _ path: String, _ member: any WritableKeyPath<Configuration, [String: String]> & Sendable, why: String
    ) -> Setting {
        let allowed =
            "an object of POSIX extended regular expressions without back-references, by kind ([a-z0-9-]{1,32})"
        return Setting(path: path, why: why, allowed: allowed) {
            guard case .object(let members) = $0 else { return false }
            var patterns: [String: String] = [:]
            for (kind, value) in members {
                guard case .string(let pattern) = value else { return false }
                patterns[kind] = pattern
            }
            $1[keyPath: member] = patterns
            return true
        } read: {
            .object($0[keyPath: member].mapValues { .string($0) })
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ member: any WritableKeyPath<Configuration, Choice> & Sendable, why: String
    ) -> Setting {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return Setting(path: path, why: why, allowed: names) {
            guard case .string(let name) = $0, let choice = Choice(rawValue: name) else { return false }
            $1[keyPath: member] = choice
            return true
        } read: {
            .string($0[keyPath: member].rawValue)
        }
    }

    private static func texts(
        _ path: String, _ member: any WritableKeyPath<Configuration, [String: String]> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "an object of texts, each without line breaks") {
            guard case .object(let members) = $0 else { return false }
            var texts: [String: String] = [:]
            for (name, value) in members {
                guard case .string(let text) = value, !(name + text).utf8.contains(where: { $0 < 32 }) else {
                    return false
                }
                texts[name] = text
            }
            $1[keyPath: member] = texts
            return true
        } read: {
            .object($0[keyPath: member].mapValues { .string($0) })
        }
    }

    /// A list of seconds, kept in ms.
    private static func seconds(
        _ path: String, _ member: any WritableKeyPath<Configuration, [Int64]> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "1 to 20 whole numbers from 1 to 2678400") {
            guard case .array(let values) = $0, (1...20).contains(values.count) else { return false }
            let numbers = values.compactMap(\.wholeNumber).filter { (1...2_678_400).contains($0) }
            guard numbers.count == values.count else { return false }
            $1[keyPath: member] = numbers.map { $0 * 1000 }
            return true
        } read: {
            .array($0[keyPath: member].map { .number(Double($0 / 1000)) })
        }
    }

    private static func price(
        _ path: String, _ member: any WritableKeyPath<Configuration, Double> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "a number from 0 to 10000") {
            guard case .number(let value) = $0, (0...10_000).contains(value) else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .number($0[keyPath: member])
        }
    }

    private static func flag(
        _ path: String, _ member: any WritableKeyPath<Configuration, Bool> & Sendable, why: String
    ) -> Setting {
        Setting(path: path, why: why, allowed: "true or false") {
            guard case .bool(let value) = $0 else { return false }
            $1[keyPath: member] = value
            return true
        } read: {
            .bool($0[keyPath: member])
        }
    }

    /// `holdfast.json` with every setting at its default and a line that says why: what `config init` writes.
    package static func annotatedFile() -> String {
        var lines = [
            "// Every setting of Holdfast with its default. Comments are allowed; `holdfast config check` reads it.",
            "{",
        ]
        var open: String?
        for (index, setting) in all.enumerated() {
            let parts = setting.path.split(separator: ".").map(String.init)
            let section = parts.count > 1 ? parts[0] : nil
            if let closing = open, closing != section {
                lines.append("  },")
                open = nil
            }
            if let section, open == nil {
                lines.append("  \"\(section)\": {")
                open = section
            }
            let indent = section == nil ? "  " : "    "
            let next = index + 1 < all.count ? all[index + 1].path : ""
            let isLast = section.map { !next.hasPrefix($0 + ".") } ?? next.isEmpty
            lines.append("\(indent)// \(setting.why)")
            lines.append("\(indent)\"\(parts[parts.count - 1])\": \(setting.standard.text)\(isLast ? "" : ",")")
        }
        if open != nil { lines.append("  }") }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    /// `agents.json` at its default.
    package static let annotatedAgentsFile = """
        // How long a session may stay unused before it is forgotten, for all agents and, below, for single ones.
        // An agent is the part of a dispatch key before the first "/"; "default" for folders.
        {
          "max_session_age_ms": \(SessionAges.standard.standardMilliseconds),
          "agents": {
            // "reviewer": { "max_session_age_ms": 3600000 }
          }
        }

        """
}
