internal import Archive
internal import Domain
internal import Glibc
internal import Platform
internal import Settings
internal import Vault

/// Spool, disk and who may read what.
extension Checkup {
    func spool() -> Check {
        judged(
            "spool", by: [.notes_corrupt, .spool_full, .spool_low, .notes_waiting],
            well: "\(status.capture.notes) notes waiting")
    }

    func disk() -> Check {
        let free = status.capture.disk_free_bytes >> 20
        let path = place.settings.state.path
        guard free > max(100, place.settings.configuration.spoolMinFreeBytes >> 20) else {
            return Check(
                outcome: .warn, name: "disk", finding: "\(free) MB free under \(path)",
                remedy: "make room: notes need it ('du -xh \(Remedy.word(path)) | sort -h | tail')")
        }
        return Check(outcome: .ok, name: "disk", finding: "\(free) MB free")
    }

    /// Whether it can be opened, with its key where there is one, and written; then what the status says of it.
    func vault() -> Check {
        let settings = place.settings, folder = settings.state.vault
        guard settings.configuration.vault.isOn else {
            return judged("vault", by: [.vault_damaged], well: "off: nothing is kept (vault.enabled)")
        }
        func failed(_ finding: String, _ remedy: String) -> Check {
            Check(outcome: .fail, name: "vault", finding: finding, remedy: remedy)
        }
        do throws(VaultError) {
            guard let vault = try Vault.openIfThere(settings) else {
                return judged("vault", by: [.vault_failed, .not_kept], well: "nothing kept yet")
            }
            try vault.checkKey()
        } catch {
            return failed("it cannot be opened: \(error)", "mend that; 'holdfast vault status' says whether it opens")
        }
        for path in [folder, folder + "/packs", folder + "/index.sqlite"] where unsafe access(path, W_OK) != 0 {
            return failed(
                "\(FileError(path: path, number: errno))", "'chmod u+rwX \(Remedy.word(path))', which must be yours")
        }
        let vault = status.vault
        return judged(
            "vault", by: [.vault_failed, .vault_damaged, .not_kept],
            well: "\(vault.sessions) sessions, \(vault.transcripts_safe) transcripts safe, nothing damaged")
    }

    /// What only its owner may read.
    func modes() -> [Check] {
        let state = place.settings.state
        let paths =
            [state.path, state.spool, state.vault, state.dashboardToken, state.redisSocket]
            + place.archiveStore.guardedFiles
        let open = paths.filter { path in
            guard let status = try? Files.status(path) else { return false }
            return status.st_mode & 0o077 != 0 && status.st_mode & S_IFMT != S_IFSOCK || status.st_uid != getuid()
        }
        guard open.isEmpty else {
            return open.map {
                Check(
                    outcome: .fail, name: "file modes", finding: "\($0) is open to others",
                    remedy: "'chmod go= \(Remedy.word($0))'")
            }
        }
        return [Check(outcome: .ok, name: "file modes", finding: "only you can read \(state.path)")]
    }
}

/// Whether Claude Code tells us anything.
extension Checkup {
    func hooks() -> Check {
        do {
            guard try Plugin.isInstalled() else {
                return Check(
                    outcome: .fail, name: "hooks", finding: "the plugin is not installed in Claude Code",
                    remedy: "'holdfast hooks install'")
            }
            if let version = ClientVersion.installed(), version.isTooOld {
                return Check(
                    outcome: .fail, name: "hooks", finding: "installed, but \(version.words)",
                    remedy: ClientVersion.remedy)
            }
            guard try !place.guardsTools || Plugin.isInstalled(Plugin.guardName) else {
                return Check(
                    outcome: .warn, name: "hooks",
                    finding:
                        "installed, but no call is refused: tools.guard is deny, and \(Plugin.guardName) is not there",
                    remedy: "'holdfast hooks install'")
            }
            return Check(outcome: .ok, name: "hooks", finding: "installed")
        } catch {
            return Check(
                outcome: .warn, name: "hooks", finding: "not known: \(Failure(of: error).message)",
                remedy: "'holdfast hooks status'")
        }
    }

    func firing() -> Check {
        guard let last = status.capture.last_hook else {
            return Check(
                outcome: .warn, name: "hooks fire", finding: "none was heard of yet",
                remedy: "start claude once, or 'holdfast doctor --self-test'")
        }
        let long = status.observed_at.milliseconds - last.milliseconds > 7 * 86_400_000
        return Check(
            outcome: long ? .warn : .ok, name: "hooks fire", finding: "last \(last.ago(status.observed_at))",
            remedy: long ? "'holdfast doctor --self-test'" : "")
    }

    func client() -> Check {
        guard let result = Program.run(["claude", "--version"], environment: Settings.processEnvironment),
            result.exitCode == 0
        else {
            return Check(
                outcome: .warn, name: "claude", finding: "not on PATH",
                remedy: "'npm install -g @anthropic-ai/claude-code', or put claude on PATH")
        }
        if let version = ClientVersion(result.output), version.isTooOld {
            return Check(outcome: .fail, name: "claude", finding: version.words, remedy: ClientVersion.remedy)
        }
        return Check(outcome: .ok, name: "claude", finding: String(result.output.prefix { !$0.isNewline }))
    }
}
