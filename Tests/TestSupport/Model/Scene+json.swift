package import Domain

extension Scene {
    /// Reads a scene as `POST /_scene` sends it: `{"scene": "status", "status": 429, "headers": {}, "body": ""}`.
    package init?(_ value: JSONValue) {
        guard case .object(let members) = value, case .string(let name) = members["scene"] else { return nil }
        let number: (String) -> Int? = { if case .number(let value) = members[$0] { Int(value) } else { nil } }
        let text: (String) -> String? = { if case .string(let value) = members[$0] { value } else { nil } }
        var headers: [String: String] = [:]
        if case .object(let given) = members["headers"] {
            for case (let name, .string(let value)) in given { headers[name] = value }
        }
        switch name {
        case "ok": self = headers.isEmpty ? .ok(text: text("text")) : .okWithHeaders(headers)
        case "ok_streaming": self = .okStreaming(text: text("text"))
        case "status": self = .status(number("status") ?? 500, headers: headers, body: text("body") ?? "")
        case "hang": self = .hang
        case "hang_after_head": self = .hangAfterHead
        case "drop_mid_body": self = .dropMidBody
        case "slow_drip": self = .slowDrip(bytes: number("bytes") ?? 1)
        case "html_502": self = .html502
        case "error_in_200": self = .errorIn200
        case "garbage_json": self = .garbageJSON
        case "huge_answer": self = .hugeAnswer(bytes: number("bytes") ?? 100 << 20)
        case "close_at_once": self = .closeAtOnce
        case "latency": self = .latency(milliseconds: number("milliseconds") ?? 100)
        default: return nil
        }
    }
}
