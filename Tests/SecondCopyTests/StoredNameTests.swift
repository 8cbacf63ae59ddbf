import TestSupport
import Testing

@testable import SecondCopy

struct StoredNameTests {
    private static let digits = String(repeating: "0a", count: 32)

    @Test(arguments: [
        "holdfast-copy", "objects/0a/\(digits)", "hosts/\(digits)/00000001-\(digits)",
        "hosts/\(digits)/99999999-\(digits)",
    ])
    func readsWhatItWrites(_ text: String) { #expect(StoredName(text)?.text == text) }

    @Test(arguments: [
        "", "README.md", "objects", "objects/0a", "objects/0b/\(digits)", "objects/0a/\(digits)0",
        "objects/0A/\(digits.uppercased())", "objects/0a/../\(digits)", "/objects/0a/\(digits)",
        "hosts/\(digits)/1-\(digits)", "hosts/\(digits)/+0000001-\(digits)", "hosts/x/00000001-\(digits)",
        "hosts/\(digits)/00000001-\(digits)/x", "hosts/\(digits)/00000001-\(digits)-", "holdfast-copy/",
    ])
    func whatIsNotOursHasNoName(_ text: String) { #expect(StoredName(text) == nil) }

    @Test(arguments: [1, 7, 100]) func packsHoldNoMoreThanTheLimitAndLoseNothing(_ limit: Int) {
        var packer = ObjectPacker(limit: limit), packs: [[UInt8]] = [],
            parts: [(bytes: [UInt8], [ObjectPacker.Place])] = []
        var random = SeededRandom(seed: UInt64(limit))
        for _ in 0..<50 {
            let bytes = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let (places, full) = packer.add(bytes)
            packs += full
            parts.append((bytes, places))
        }
        if let last = packer.finish() { packs.append(last) }
        #expect(
            packs.allSatisfy { (1...limit).contains($0.count) } && packs.dropLast().allSatisfy { $0.count == limit })
        for (bytes, places) in parts {
            #expect(places.flatMap { packs[$0.pack][$0.offset..<$0.offset + $0.length] } == bytes)
        }
    }
}
