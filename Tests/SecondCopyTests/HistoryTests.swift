import Domain
import Glibc
import Platform
import TestSupport
import Testing

@testable import SecondCopy

/// Seeded histories of hosts that add, change, remove, are cut at any step and started anew: in the end a bare host gets back
/// all that any of them has, and who has no key learns nothing.
struct HistoryTests {
    static let marker = "MARIGOLD"

    @Test(arguments: 0..<24) func everythingOfEveryHostComesBack(_ seed: UInt64) async throws {
        var house = try CopyHouse()
        var random = SeededRandom(seed: seed)
        house.options.budget = Int64.random(in: 500...20_000, using: &random)
        house.options.mostChanges = Int.random(in: 2...40, using: &random)
        house.options.objectLimit = Int.random(in: 300...5000, using: &random)
        house.options.historyLimit = Int64.random(in: 2_000...200_000, using: &random)
        house.options.mostEntries = Int.random(in: 3...30, using: &random)
        let folder = house.folder
        let history = try History(house, hosts: seed % 3 == 0 ? 3 : 2) { _ in folder }
        try await history.run(turns: 40, &random)
        try await history.settle()

        let (sink, report) = try await house.clone()
        #expect(report.isWhole, "\(report)")
        history.expect(sink)
        #expect(try await CopyCheck.run(of: folder, house.seal, isDeep: true).isSound)
        for file in try house.files() {
            let bytes = try Files.bytes("\(house.copy)/\(file)", limit: 1 << 20)
            Secrecy.expect(bytes, file, limit: house.options.objectLimit)
        }
    }
}

/// What nobody may see who has no key.
enum Secrecy {
    static func expect(_ bytes: [UInt8], _ file: String, limit: Int) {
        #expect(!String(decoding: bytes, as: UTF8.self).contains(HistoryTests.marker), "\(file)")
        guard StoredName(file) != .marker else { return }
        if case .object? = StoredName(file) { #expect(bytes.count < limit + 200, "\(file)") }
        // Held against as many random bytes: of few of them not all 8 bits can be seen.
        let box = Array(bytes.dropFirst(Seal.headLength))
        var random = SeededRandom(seed: 1)
        let chance = entropy(of: box.map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(
            entropy(of: box) > chance - (box.count < 256 ? 0.7 : 0.3),
            "\(file): \(entropy(of: box)) bits a byte of \(box.count)")
        for host in ["host-a", "host-b", "host-c"] { #expect(!file.contains(host)) }
    }

    /// Bits a byte.
    static func entropy(of bytes: [UInt8]) -> Double {
        var counts = [Int](repeating: 0, count: 256)
        for byte in bytes { counts[Int(byte)] += 1 }
        return counts.filter { $0 > 0 }.reduce(0) { sum, count in
            let share = Double(count) / Double(bytes.count)
            return sum - share * log2(share)
        }
    }
}

/// Some hosts and what they do.
final class History {
    struct Host {
        let name: String
        let source = HeldItems()
        let transport: CuttingTransport
        var sync: CopySync
    }

    private let house: CopyHouse
    private var hosts: [Host] = []
    private var time: Int64 = 1_000_000
    /// Of bindings that several hosts change, every content that ever was one's own.
    private var shared: Set<String> = []

    init(_ house: CopyHouse, hosts count: Int, _ transport: (String) throws -> any CopyTransport) throws {
        self.house = house
        for name in ["host-a", "host-b", "host-c"].prefix(count) {
            let cutting = CuttingTransport(try transport(name))
            hosts.append(
                Host(
                    name: name, transport: cutting,
                    sync: try house.host(name, HeldItems(), cutting)))
            hosts[hosts.count - 1].sync = try house.host(name, hosts[hosts.count - 1].source, cutting)
        }
    }

    func run(turns: Int, _ random: inout SeededRandom) async throws {
        for _ in 0..<turns {
            let index = Int.random(in: 0..<hosts.count, using: &random)
            for _ in 0..<Int.random(in: 1...4, using: &random) { change(hosts[index], &random) }
            if Int.random(in: 0..<3, using: &random) == 0 {
                hosts[index].transport.cut(after: Int.random(in: 0...14, using: &random))
            }
            var request = SyncRequest.forced
            request.isEmptying = true
            request.rewrites = Int.random(in: 0..<6, using: &random) == 0
            _ = await hosts[index].sync.round(request, nowMilliseconds: time, random: random)
            hosts[index].transport.mend()
            // A process that was killed knows nothing any more.
            if Bool.random(using: &random) {
                let host = hosts[index]
                hosts[index].sync = try house.host(host.name, host.source, host.transport)
            }
        }
    }

    private func change(_ host: Host, _ random: inout SeededRandom) {
        time += 1000
        let text =
            "\(HistoryTests.marker) \(host.name) \(time) "
            + String(repeating: "word ", count: Int.random(in: 0...300, using: &random))
        let number = Int.random(in: 0..<6, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0...2:
            let grown = (host.source.items[ItemName(.vault, "\(host.name)/\(number)")]?.bytes ?? []) + Array(text.utf8)
            host.source.put(.vault, "\(host.name)/\(number)", .growing, grown, at: time)
        case 3: host.source.put(.block, ContentDigest.text(of: Array(text.utf8)), .immutable, text, at: time)
        case 4...5: host.source.put(.conversation, "\(host.name)/\(number)", .replaced, text, at: time)
        case 6: host.source.put(.binding, "shared/\(number)", .replaced, text, at: time)
        case 7: host.source.put(.tombstone, "\(host.name)/\(time)", .replaced, text, at: time)
        case 8: host.source.remove(.conversation, "\(host.name)/\(number)")
        default: host.source.remove(.vault, "\(host.name)/\(number)")
        }
    }

    /// Until every host has sent all it has.
    func settle() async throws {
        var request = SyncRequest.forced
        request.isEmptying = true
        for host in hosts {
            for _ in 0..<200 {
                let outcome = await host.sync.round(request, nowMilliseconds: time)
                guard let figures = outcome.done else {
                    Issue.record("\(host.name): \(outcome)")
                    return
                }
                if figures.isComplete { break }
            }
            #expect(await host.sync.status.lackingItems == 0)
        }
    }

    func expect(_ sink: Returned) {
        var names: Set<String> = []
        for host in hosts {
            for (name, held) in host.source.items {
                names.insert("\(name)")
                if name.name.hasPrefix("shared/") {
                    let all = hosts.compactMap { $0.source.items[name]?.bytes }
                    #expect(sink.items["\(name)"].map(all.contains) == true, "\(name) is nobody's")
                } else {
                    let back = sink.items["\(name)"]
                    #expect(back == held.bytes, "\(name): \(back?.count ?? -1) of \(held.bytes.count) bytes")
                }
            }
        }
        #expect(Set(sink.items.keys) == names)
    }
}
