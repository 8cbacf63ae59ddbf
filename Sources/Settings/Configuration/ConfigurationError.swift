internal import Domain

/// A setting that cannot be used: where it stands, what it says, what is allowed.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// A file's path, or the name of an environment variable.
    package var place: String
    /// Of the file, from 1; nil where it is not known, or a variable is meant.
    package var line: Int?
    /// `redis.url`; empty when the file as a whole is meant.
    package var setting: String
    package var value: String
    package var allowed: String

    package init(place: String, setting: String = "", value: String, allowed: String) {
        self.place = place
        self.setting = setting
        self.value = value
        self.allowed = allowed
    }

    package var description: String { "\(what); \(allowed)" }

    private var what: String {
        "\(place)\(line.map { ":\($0)" } ?? ""): \(setting.isEmpty ? "" : "\(setting) is ")\(value)"
    }
}

extension ConfigurationError {
    /// A name that is no setting: which one may be meant, or which there are where it stands; never all of them.
    static func unknown(_ path: String, in place: String) -> ConfigurationError {
        let parts = path.split(separator: ".").map(String.init)
        let group = parts.dropLast().joined(separator: "."), name = parts.last ?? path
        let all = Setting.all.map(\.path)
        func lastName(_ path: String) -> String { path.split(separator: ".").last.map(String.init) ?? path }
        let here = all.filter { group.isEmpty ? !$0.contains(".") : $0.hasPrefix(group + ".") }
        let groups = group.isEmpty ? Array(Setting.groups) : []
        let hint: String
        if let near = Likeness.nearest(to: path, among: here + groups) ?? Likeness.nearest(to: path, among: all) {
            hint = "did you mean \(near)?"
        } else if let moved = all.first(where: { lastName($0) == name }) {
            hint = "did you mean \(moved)?"
        } else if name == "max_session_age_ms" {
            hint = "it stands in agents.json"
        } else if let near = Likeness.nearest(to: name, among: all.map(lastName)),
            let moved = all.first(where: { lastName($0) == near })
        {
            hint = "did you mean \(moved)?"
        } else if !group.isEmpty, !here.isEmpty {
            hint = "in \(group) there are \(here.map(lastName).joined(separator: ", "))"
        } else {
            hint = "'holdfast config show' lists what there is"
        }
        return ConfigurationError(place: place, setting: path, value: "no setting", allowed: hint)
    }

    /// With the line where it stands.
    /// - Parameter text: of the file.
    func located(in text: String) -> ConfigurationError {
        guard line == nil, !setting.isEmpty else { return self }
        var error = self
        error.line = JSONPlace.line(of: setting.split(separator: ".").map(String.init), in: text)
        return error
    }

    /// Whether it keeps memories from being made and nothing else.
    var isOfProvider: Bool { setting == "provider" || setting.hasPrefix("provider.") }
}
