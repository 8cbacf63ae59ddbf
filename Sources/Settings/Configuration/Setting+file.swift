package import Domain
package import Platform

extension Setting {
    /// `holdfast.json` with every setting at its default and a line that says why: what `config init` writes.
    /// - Parameter changed: values other than the defaults, by path.
    package static func annotatedFile(changed: [String: JSONValue] = [:]) -> String {
        var lines = [
            "// Every setting of Holdfast with its default. Comments are allowed; `holdfast config check` reads it.",
            "{",
            "  // Of this file's form: a later Holdfast knows by it what to change ('holdfast config migrate').",
            "  \"\(Configuration.formName)\": \(Configuration.form),",
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
            if setting.needsRestart {
                lines.append(
                    "\(indent)// A companion that runs takes it over when it is restarted: holdfast down && holdfast up"
                )
            }
            lines.append(
                "\(indent)\"\(parts[parts.count - 1])\": \((changed[setting.path] ?? setting.standard).text)\(isLast ? "" : ",")"
            )
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

    /// Writes the annotated files into a folder; one that is there is left alone.
    /// - Returns: their paths, and whether each was written now.
    /// - Throws: `FileError`.
    package static func begin(
        in folder: String, isTracking: Bool = true
    ) throws(FileError) -> [(path: String, isNew: Bool)] {
        try Files.makeFolder(folder)
        let changed: [String: JSONValue] = isTracking ? [:] : ["tracking.enabled": .bool(false)]
        var outcomes: [(path: String, isNew: Bool)] = []
        for (name, text) in [
            ("agents.json", annotatedAgentsFile), ("holdfast.json", annotatedFile(changed: changed)),
            ("tools.json", ToolPolicies.annotatedFile),
        ] {
            let path = "\(folder)/\(name)"
            let isNew = !Files.exists(path)
            if isNew { try Files.write(text, to: path) }
            outcomes.append((path, isNew))
        }
        return outcomes
    }
}
