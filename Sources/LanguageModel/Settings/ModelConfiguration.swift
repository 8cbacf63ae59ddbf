internal import Domain
package import Settings

/// What the configuration says of models, as a whole.
package enum ModelConfiguration {
    /// Checks all that can be checked without asking anybody: keys, headers, addresses, templates.
    package static func check(_ settings: Settings) throws(ConfigurationError) {
        _ = try ProviderSettings(settings)
        _ = try prompts(settings)
    }

    /// The templates in use: the user's own where there are some.
    package static func prompts(_ settings: Settings) throws(ConfigurationError) -> PromptLibrary {
        do throws(PromptError) {
            return try PromptLibrary(folder: promptFolder(settings))
        } catch {
            throw ConfigurationError(
                place: error.file, value: error.reason, allowed: "mend it, or delete it to use ours")
        }
    }

    package static func promptFolder(_ settings: Settings) -> String { settings.configFolder + "/prompts" }
}
