package import Domain

/// A way out as people read it. Each command in it stands between single quotes and works as it is printed: whoever copies
/// what stands between them, or has a program do so, has something that a shell runs.
package enum Remedy {
    /// The commands that a remedy names, in their order.
    package static func commands(in text: String) -> [String] {
        var commands: [String] = [], rest = text[...]
        while let quote = rest.firstIndex(of: "'") {
            // An apostrophe stands behind a letter and begins nothing.
            let isBeginning = quote == text.startIndex || " (".contains(text[text.index(before: quote)])
            rest = rest[rest.index(after: quote)...]
            guard isBeginning, let end = rest.firstIndex(of: "'") else { continue }
            commands.append(String(rest[..<end]))
            rest = rest[rest.index(after: end)...]
        }
        return commands
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
