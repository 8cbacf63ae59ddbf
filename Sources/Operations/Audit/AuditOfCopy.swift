internal import Domain
internal import Integrity
internal import Platform
internal import SecondCopy
internal import Settings

/// Whether the second copy is what was sent: every stored file opened, each item held against its sum. What lies in damaged
/// files, and this host still has, is sent anew.
struct AuditOfCopy {
    let workplace: Workplace

    private var settings: Settings { workplace.settings }

    func run(_ report: inout AuditReport, isRepairing: Bool) async {
        guard settings.configuration.remote.isOn, let place = RemotePlace(settings, host: workplace.host) else {
            return
        }
        guard hasKey(&report) else { return }
        do throws(CopyError) {
            // Nobody is faster than who keeps it up: a round that goes on is waited for.
            let sync = try place.sync()
            var found = try await check(sync)
            try await isWhole(place, &found)
            // Of a folder it is more likely that its disk is not there; that is for the sync to say.
            if !place.isFolder, found.items == 0, found.objects == 0, SyncState.read(place.stateFile).hasBegun {
                found.damaged[Self.repository] = "it is empty, though a copy was begun there"
            }
            report.looked("stored files of the second copy", found.objects)
            report.bytes += found.storedBytes
            var findings = Self.findings(found)
            if isRepairing, !findings.isEmpty {
                try await sync.dropDamagedEntries()
                if found.damaged[Self.repository] != nil { try await sync.distrustAll() }
                var request = SyncRequest()
                // A journal of which a part is gone is told anew as a whole.
                (request.isForced, request.rewrites, request.startsAnew) = (true, true, true)
                if case .failed(let error, _) = await sync.round(request) { throw error }
                var after = try await check(sync)
                let leftOver = try await sync.gone(after.damagedItems), damaged = Set(Self.findings(after).map(\.name))
                if !leftOver.isEmpty {
                    request = SyncRequest()
                    (request.isForced, request.removing) = (true, leftOver)
                    if case .failed(let error, _) = await sync.round(request) { throw error }
                    after = try await check(sync)
                }
                try await isWhole(place, &after)
                let left = Set(Self.findings(after).map(\.name))
                // A server that is broken is mended by whoever has it; what lies here is not lost by that.
                findings = findings.map {
                    if left.contains($0.name) { return $0 }
                    return damaged.contains($0.name) ? $0.with(.collected) : $0.mended(from: "this host")
                }
            }
            report.findings += findings
            do { try await awaySessions(sync, &report, isRepairing: isRepairing) } catch {
                report.unseen.append("sessions that the second copy alone has: \(error)")
            }
        } catch {
            guard case .locked = error else { return report.unseen.append("the second copy: \(error)") }
            report.findings.append(Finding(.copy_key_damaged, settings.remoteKeyFile, "\(error)"))
        }
    }

    /// The shelf of this host has what the remote had once: whether that has it still says who fetches all of it anew.
    private func isWhole(_ place: RemotePlace, _ found: inout CopyCheck.Report) async throws(CopyError) {
        guard !place.isFolder else { return }
        let folder = "\(settings.state.copy)/\(CopyFetch.prefix)\(HostClock.wallMilliseconds)"
        defer { Files.removeFolder(folder) }
        do throws(CopyError) {
            let fresh = try await CopyCheck.run(of: try place.transport(in: folder), try place.seal(), isDeep: true)
            found.damaged.merge(fresh.damaged) { $1 }
        } catch {
            switch error {
            case .cut, .damaged, .foreign: found.damaged[Self.repository] = "\(error)"
            default: throw error
            }
        }
    }

    private static let repository = "the repository"

    private func check(_ sync: CopySync) async throws(CopyError) -> CopyCheck.Report {
        let watch = Stopwatch(limit: AuditRepair.patience)
        while true {
            do throws(CopyError) {
                return try await sync.check(isDeep: true)
            } catch {
                guard case .unavailable = error, !watch.isOver else { throw error }
                do { try await Task.sleep(for: .milliseconds(200)) } catch { throw .unavailable(reason: "stopped") }
            }
        }
    }

    private static func findings(_ found: CopyCheck.Report) -> [Finding] {
        found.damaged.sorted { $0.key < $1.key }.map { Finding(.copy_damaged, $0.key, $0.value) }
            + found.gaps.sorted { $0.key < $1.key }.map { host, numbers in
                Finding(
                    .copy_damaged, "journal of \(host)",
                    "\(counted(numbers.count, "entry")) gone, from \(numbers.first ?? 0) on")
            }
    }

    /// Without its key nothing of it comes back.
    private func hasKey(_ report: inout AuditReport) -> Bool {
        guard settings.configuration.remote.encrypts else { return true }
        let file = KeyFile(settings.remoteKeyFile)
        do throws(CopyError) {
            _ = try file.read()
            return true
        } catch {
            // Before the first one was made nothing can be lost.
            let state = RemotePlace(settings, host: workplace.host).map { SyncState.read($0.stateFile) }
            guard state?.hasBegun ?? false else { return false }
            report.findings.append(Finding(.copy_key_damaged, settings.remoteKeyFile, "\(error)"))
            return false
        }
    }
}
