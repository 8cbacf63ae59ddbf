package import Domain

/// A way out as people read it. Each command in it stands between single quotes and works as it is printed: whoever copies
/// what stands between them, or has a program do so, has something that a shell runs.
package enum Remedy {
    /// A command of ours, without its quotes, or what is said around it.
    package struct Part: Sendable, Equatable {
        package var text: String
        package var isCommand: Bool
    }

    /// A remedy in its parts. What else it quotes may be another's words, which nobody is to run with a click. The page's
    /// scripts go by the same rule (`status.js`).
    package static func parts(of text: String) -> [Part] {
        var parts: [Part] = [], said = "", rest = text[...]
        while let quote = rest.firstIndex(of: "'") {
            // An apostrophe stands behind a letter and begins nothing.
            let isBeginning = quote == text.startIndex || " (".contains(text[text.index(before: quote)])
            let behind = rest[rest.index(after: quote)...]
            guard isBeginning, behind.hasPrefix("holdfast "), let end = behind.firstIndex(of: "'") else {
                said += rest[...quote]
                rest = behind
                continue
            }
            said += rest[..<quote]
            if !said.isEmpty { parts.append(Part(text: said, isCommand: false)) }
            parts.append(Part(text: String(behind[..<end]), isCommand: true))
            said = ""
            rest = behind[behind.index(after: end)...]
        }
        said += rest
        return said.isEmpty ? parts : parts + [Part(text: said, isCommand: false)]
    }

    /// A path as a word of a command that itself stands between single quotes.
    package static func word(_ path: String) -> String {
        path.reduce(into: "") { word, sign in
            let isPlain = sign.isLetter || sign.isNumber || "/._-+:@%,".contains(sign)
            word += isPlain ? String(sign) : "\\\(sign)"
        }
    }

    /// `redis-cli` for the server that is meant, which asks for a password where there is one: no remedy tells it.
    package static func redisClient(_ url: RedisURL) -> String {
        var words = ["redis-cli"]
        switch url.endpoint {
        case .unix(let path): words += ["-s", word(path)]
        case .tcp(let host, let port): words += ["-h", word(host), "-p", "\(port)"]
        }
        if let user = url.user { words += ["--user", word(user)] }
        if url.password != nil { words.append("--askpass") }
        if url.database != 0 { words += ["-n", "\(url.database)"] }
        return words.joined(separator: " ")
    }
}
