internal import Domain
package import Logging
internal import Platform
package import Settings
internal import Synchronization

/// Looks each second whether the settings have changed, so that those hear of it who wait for it, and says what became of
/// them: in the log, and, for `status`, in a file that names what waits for a restart.
package struct SettingsWatch: Sendable {
    private let settings: LiveSettings
    private let logger: Logger

    package init(settings: LiveSettings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    package func service() -> Periodic {
        let settings = settings, logger = logger
        let told = Mutex<(trouble: ConfigurationError?, tools: ConfigurationError?, waiting: [String])>((nil, nil, []))
        // What an earlier companion waited for has come with this one's start.
        Files.remove(settings.atStart.state.restartMark)
        return Periodic(name: "settings") {
            settings.look()
            let (trouble, tools, waiting) = (settings.trouble, settings.toolsTrouble, settings.waitingForRestart)
            let before = told.withLock { told in
                defer { told = (trouble, tools, waiting) }
                return told
            }
            if let tools, tools != before.tools {
                logger.error("the built-in policies of tools hold until tools.json is mended: \(tools)")
            }
            if trouble != before.trouble {
                if let trouble {
                    logger.error("the configuration is not taken over until it is mended: \(trouble)")
                } else {
                    logger.notice("the configuration can be understood again")
                }
            }
            if waiting != before.waiting { mark(waiting) }
            return .seconds(1)
        }
    }

    private func mark(_ waiting: [String]) {
        let file = settings.atStart.state.restartMark
        guard !waiting.isEmpty else { return Files.remove(file) }
        logger.warning(
            "what was changed takes effect when the companion is restarted",
            metadata: ["settings": "\(waiting.joined(separator: ", "))"])
        do throws(FileError) {
            try Files.write(waiting.joined(separator: "\n") + "\n", to: file)
        } catch {
            logger.error("\(error)")
        }
    }
}
