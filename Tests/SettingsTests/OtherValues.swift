/// A value for each setting that is not its default.
enum OtherValues {
    /// As JSON, by path.
    static let all: [String: String] = [
        "redis.url": #""redis://127.0.0.1:6399""#, "redis.connect_timeout_ms": "77", "redis.reply_timeout_ms": "78",
        "redis.user": #""joe""#, "redis.password_file": #""/word""#, "redis.sentinel_user": #""jo""#,
        "redis.sentinel_password_file": #""/other-word""#,
        "redis.tls_ca_file": #""/ca""#, "redis.tls_cert_file": #""/cert""#, "redis.tls_key_file": #""/key""#,
        "redis.tls_server_name": #""redis.example""#, "redis.relay_connections": "9",
        "companion.autostart": "false", "sweep_interval_seconds": "7", "dispatch.retire_after": "5",
        "expired.action": #""resume""#,
        "session.remote_busy_minutes": "30",
        "pool": #""other""#,
        "inactivity_timeout_seconds": "8", "check_interval_seconds": "9", "rolling_period_hours": "10",
        "watch_path": #""/elsewhere""#, "filtering.user_messages": #""omit""#, "filtering.agent_messages": #""omit""#,
        "filtering.tool_calls": #""omit""#, "filtering.tool_results": #""omit""#, "filtering.thinking": #""full""#,
        "filtering.summary_min_chars": "900", "filtering.long_paste_bytes": "1234",
        "redaction.patterns": #"{"acme": "acme_[0-9]+"}"#,
        "conversations.max_messages": "31", "conversations.max_context_messages": "32",
        "conversations.max_context_chars": "3300", "conversations.timeout_hours": "34",
        "tracking.enabled": "false", "tools.guard": #""deny""#, "carry_over.when": #""never""#,
        "recall.at_start": "2100",
        "summaries.sessions": "false", "sinks": #"[{"kind": "folder", "path": "/notes"}]"#,
        "retry_queue_max_size": "11", "spool.max_bytes": "2097152",
        "spool.min_free_bytes": "12",
        "retry_delays_seconds": "[1, 2]", "retry_max_attempts": "13", "provider.kind": #""openai""#,
        "provider.base_url": #""http://127.0.0.1:1""#, "provider.model": #""other""#,
        "provider.api_key_env": #""OTHER_KEY""#, "provider.api_key_file": #""/key""#,
        "provider.headers": #"{"x-a": "b"}"#, "provider.query": #"{"a": "b"}"#, "provider.max_output_tokens": "140",
        "provider.max_input_bytes": "1500", "provider.connect_timeout_seconds": "16",
        "provider.response_timeout_seconds": "17", "provider.max_response_bytes": "18000",
        "provider.proxy": #""http://127.0.0.1:2""#, "provider.ca_file": #""/ca""#, "provider.command": #""other""#,
        "episode_timeout_seconds": "19", "concurrency": "20", "calls_per_minute": "21", "daily_token_budget": "22",
        "health_check_interval_seconds": "23", "on_llm_unavailable": #""fail""#, "wait_for_completion_default": "24",
        "archive.path": #""/archive.sqlite""#, "notifications.webhook_url": #""http://127.0.0.1:3""#,
        "vault.enabled": "false", "vault.keep_days": "28", "vault.max_bytes": "3000000",
        "vault.encrypt_key_file": #""/vault-key""#,
        "notifications.webhook_secret_file": #""/secret""#, "notifications.threshold": "25",
        "dashboard.enabled": "false", "dashboard.listen": #""127.0.0.1:7399""#,
        "prices.input_usd_per_million_tokens": "26", "prices.output_usd_per_million_tokens": "27",
        "checkpoints.enabled": "false",
        "remote.url": #""/copy""#, "remote.mode": #""local-only""#, "remote.encrypt": "false",
        "remote.key_file": #""/remote-key""#, "remote.token_env": #""OTHER""#, "remote.token_file": #""/token""#,
        "remote.ca_file": #""/ca.pem""#,
        "remote.api_url": #""https://github.example/api/v3""#,
        "watch.interval_seconds": "600", "watch.latency_warning_ms": "42",
        "watch.latency_critical_ms": "43",
        "watch.latency_rise_warning_percent": "44", "watch.errors_warning_percent": "45",
        "watch.errors_critical_percent": "46", "watch.errors_min_calls": "47", "watch.rate_limit_warning_percent": "48",
        "watch.sync_lag_warning_seconds": "49", "watch.sync_lag_critical_seconds": "50",
        "watch.conflicts_warning_percent": "51", "watch.conflicts_critical_percent": "52",
        "watch.room_warning_days": "53", "watch.room_critical_days": "54", "watch.failed_syncs_warning": "55",
        "watch.failed_syncs_critical": "56",
        "log_level": #""debug""#,
    ]

    /// A `holdfast.json` that says only these, by path.
    static func file(_ values: [String: String]) -> String {
        var sections: [String: [String]] = [:]
        for (path, value) in values {
            let parts = path.split(separator: ".").map(String.init)
            sections[parts.count > 1 ? parts[0] : "", default: []].append(#""\#(parts[parts.count - 1])": \#(value)"#)
        }
        let members = sections.flatMap { name, members in
            name.isEmpty ? members : [#""\#(name)": {\#(members.joined(separator: ", "))}"#]
        }
        return "{" + members.joined(separator: ", ") + "}"
    }
}
