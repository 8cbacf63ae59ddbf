internal import Domain

/// What the full page says of the status, beyond each of its values by itself.
enum StatusTexts {
    static func status(_ status: JSONValue, now: Int64) -> JSONValue {
        var shown = ShownValue.of(status, now: now)
        // The API says "none" where the page says that nothing is configured.
        if status.part("llm_status").text("provider") == "none" {
            shown = shown.adding(["llm_status": shown.part("llm_status").adding(["provider": .null])])
        }
        let companions = status.list("companions").map { companion in
            let words = [companion.text("state"), companion.text("archive")].filter { !$0.isEmpty }
            return PageRow.of(companion, now: now).adding([
                "words": .string(VisibleText.of(words.joined(separator: ", ")))
            ])
        }
        return shown.adding(["companions": .array(companions)])
    }

    static func shown(_ status: JSONValue) -> [String: JSONValue] {
        let (saved, budget, redis) = (status.part("saved"), status.part("budget"), status.part("redis"))
        let capture = status.part("capture")
        let memory = redis["available"]?.bool == true ? redis["memory_bytes"]?.number : nil
        let texts = [
            "saved": "\(Words.count(saved.figure("seconds_low"))) to \(Words.count(saved.figure("seconds_high"))) s",
            "tokens": Words.share(
                budget.figure("tokens_today"), of: budget.figure("daily_token_budget"), in: Words.count),
            "cost": "$\(Words.decimal(budget.figure("cost_usd_today"), places: 2))",
            "redis_answers": redis["latency_seconds"]?.number.map(Words.duration) ?? "no",
            "redis_memory": memory.map {
                Words.share($0, of: redis.figure("memory_limit_bytes"), in: Words.size)
            } ?? "not known",
            "spool": Words.share(
                capture.figure("spool_bytes"), of: capture.figure("spool_limit_bytes"), in: Words.size),
            "disk": Words.size(bytes: capture.figure("disk_free_bytes")),
            "archive": Words.size(bytes: status.part("archive").figure("bytes")),
        ]
        return texts.mapValues(JSONValue.string)
    }
}
