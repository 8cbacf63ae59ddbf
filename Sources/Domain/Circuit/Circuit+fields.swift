/// A circuit as its Redis hash spells it: ISO times for people, milliseconds beside them.
extension Circuit {
    /// Unreadable fields count as absent: a hand that edited the hash must not stop the companion.
    package init(fields: [String: String]) {
        func number(_ name: String) -> Int64 { fields[name].flatMap { Int64($0) } ?? 0 }
        state = fields["state"].flatMap(State.init) ?? .closed
        sinceMilliseconds = number("since_ms")
        reason = fields["reason"] ?? ""
        message = fields["message"] ?? ""
        generation = number("generation")
        failures = number("failures")
        openings = number("openings")
        downSinceMilliseconds = number("down_since_ms")
        openUntilMilliseconds = fields["open_until_ms"].flatMap { Int64($0) }
        probeToken = fields["probe_token"] ?? ""
        probeUntilMilliseconds = number("probe_until_ms")
        lastCheckMilliseconds = number("last_check_ms")
        hasCheckFailed = fields["check_failed"] == "1"
        checkMessage = fields["check_message"] ?? ""
        lastSuccessMilliseconds = number("last_success_ms")
        window = (fields["window"] ?? "").split(separator: " ").compactMap { word in
            let parts = word.split(separator: ":").compactMap { Int64($0) }
            guard parts.count == 3, parts[1] >= 0, parts[2] >= 0, parts[1] < 1 << 40, parts[2] <= parts[1] else {
                return nil
            }
            return Bucket(startMilliseconds: parts[0], calls: parts[1], failures: parts[2])
        }
        if state == .open, openUntilMilliseconds == nil, reason.isEmpty { openUntilMilliseconds = 0 }
    }

    package var fields: [String: String] {
        func time(_ milliseconds: Int64) -> String { milliseconds > 0 ? ISOTime.text(milliseconds) : "" }
        return [
            "state": state.rawValue, "since": time(sinceMilliseconds), "since_ms": "\(sinceMilliseconds)",
            "reason": reason, "message": message, "generation": "\(generation)", "failures": "\(failures)",
            "openings": "\(openings)", "down_since_ms": "\(downSinceMilliseconds)",
            "open_until": openUntilMilliseconds.map(time) ?? "",
            "open_until_ms": openUntilMilliseconds.map(String.init) ?? "", "probe_token": probeToken,
            "probe_until": time(probeUntilMilliseconds), "probe_until_ms": "\(probeUntilMilliseconds)",
            "last_check_at": time(lastCheckMilliseconds), "last_check_ms": "\(lastCheckMilliseconds)",
            "check_message": checkMessage, "check_failed": hasCheckFailed ? "1" : "0",
            "last_success_at": time(lastSuccessMilliseconds), "last_success_ms": "\(lastSuccessMilliseconds)",
            "window": window.map { "\($0.startMilliseconds):\($0.calls):\($0.failures)" }.joined(separator: " "),
        ]
    }
}
