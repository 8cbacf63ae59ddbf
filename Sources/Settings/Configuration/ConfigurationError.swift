/// A setting that cannot be used: where it stands, what it says, what is allowed.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// A file's path, or the name of an environment variable.
    package var place: String
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

    /// The same without what would be allowed.
    package var what: String { "\(place): \(setting.isEmpty ? "" : "\(setting) is ")\(value)" }
}
