internal import Domain
internal import Platform

/// One file of the configuration, as it was read: nobody else may have written it, and it is JSON.
struct ConfigurationFile {
    /// All that there may be, by their names.
    static let names = ["holdfast.json", "agents.json", "tools.json"]

    let text: String
    let json: JSONValue

    /// - Returns: nil where there is no such file.
    static func read(_ place: String) throws(ConfigurationError) -> ConfigurationFile? {
        guard let text = try text(of: place) else { return nil }
        do throws(JSONError) {
            return ConfigurationFile(text: text, json: try JSONValue(parsing: text))
        } catch {
            throw ConfigurationError(
                place: place, value: "not JSON: \(error)",
                allowed: "mend it, or move it away and begin anew with 'holdfast config init'")
        }
    }

    /// - Returns: nil where there is no such file.
    static func text(of place: String) throws(ConfigurationError) -> String? {
        do throws(TrustedFile.Fault) {
            return try TrustedFile.read(place)
        } catch {
            switch error {
            case .failed(let error) where error.isNowhere: return nil
            case .failed(let error):
                throw ConfigurationError(place: place, value: "\(error)", allowed: "make it readable")
            case .foreign(let fault):
                throw ConfigurationError(place: place, value: fault.reason, allowed: fault.remedy)
            }
        }
    }
}

extension Settings {
    /// Their names in the folder of the configuration, whether or not they are there.
    package static var configurationNames: [String] { ConfigurationFile.names }

    package var configurationFiles: [String] { Self.configurationNames.map { "\(configFolder)/\($0)" } }
}
