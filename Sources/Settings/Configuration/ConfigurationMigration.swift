internal import Domain
internal import Glibc
package import Platform

/// `holdfast.json` as an earlier version left it, and as this one would begin it with the values that stand there.
package struct ConfigurationMigration: Sendable {
    /// The file itself, not a link to it.
    package let path: String
    /// The settings that it does not say yet, in the order of the annotated file.
    package let added: [String]
    package let before: String
    package let after: String

    /// Whether the file says of which form it is, as those do that 'config init' wrote.
    package let saysItsForm: Bool

    package var isNeeded: Bool { before != after }

    /// - Returns: nil where there is no file.
    /// - Throws: where what stands there is not understood: nothing of a person's is dropped.
    package static func plan(in folder: String) throws(ConfigurationError) -> ConfigurationMigration? {
        let place = "\(folder)/holdfast.json"
        guard let file = try ConfigurationFile.read(place) else { return nil }
        let json = file.json
        var configuration = Configuration()
        do throws(ConfigurationError) {
            try configuration.apply(json, from: place)
        } catch {
            throw error.located(in: file.text)
        }
        let said = Setting.all.filter { json.member(at: $0.path) != nil }.map(\.path)
        var values: [String: JSONValue] = [:]
        for setting in Setting.all where said.contains(setting.path) {
            values[setting.path] = setting.value(in: configuration)
        }
        return ConfigurationMigration(
            path: Files.realPath(place) ?? place, added: Setting.all.map(\.path).filter { !said.contains($0) },
            before: file.text, after: Setting.annotatedFile(changed: values),
            saysItsForm: json.member(at: Configuration.formName) != nil)
    }

    /// Writes the file anew; what it was lies beside it then, with the comments that a person wrote.
    /// - Returns: the path of that.
    /// - Throws: `FileError`; then the file is as it was.
    package func carryOut() throws(FileError) -> String {
        var number = 1
        while Files.exists("\(path).old-\(number)") { number += 1 }
        let old = "\(path).old-\(number)"
        let mode = try Files.status(path).st_mode & 0o7777
        try Files.write(before, to: old, isSynced: true)
        try Files.setMode(old, mode)
        try Files.write(after, to: path, isSynced: true)
        try Files.setMode(path, mode)
        return old
    }
}

extension JSONValue {
    /// What stands at `provider.model`.
    fileprivate func member(at path: String) -> JSONValue? {
        path.split(separator: ".").reduce(JSONValue?.some(self)) { value, name in
            guard case .object(let members)? = value else { return nil }
            return members[String(name)]
        }
    }
}
