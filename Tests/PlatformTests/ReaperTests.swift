import Domain
import Platform
import Testing

/// The first process of a container may be a client; of a host, and of most containers, it adopts orphans.
@Suite struct ReaperTests {
    @Test(arguments: [("claude", false), ("node", false), ("systemd", true), ("sh", true), ("holdfast", true)])
    func aFirstProcessIsAReaperButForAClient(name: String, isReaper: Bool) {
        let process = ClientProcess(pid: 1, startTicks: 7)
        #expect(ProcessTable.isReaper(.init(process: process, parent: 0, name: name)) == isReaper)
    }

    @Test func othersAreKnownByName() {
        let process = ClientProcess(pid: 77, startTicks: 7)
        #expect(ProcessTable.isReaper(.init(process: process, parent: 1, name: "tini")))
        #expect(!ProcessTable.isReaper(.init(process: process, parent: 1, name: "sh")))
    }

    /// Whatever it is called, what locks as the first process of a container runs.
    @Test func aProcessRunsWhileItsStartIsTheSame() {
        let own = ProcessTable.own
        #expect(ProcessTable.isRunning(own) && ProcessTable.isAlive(own))
        #expect(!ProcessTable.isRunning(ClientProcess(pid: own.pid, startTicks: own.startTicks + 1)))
    }
}
