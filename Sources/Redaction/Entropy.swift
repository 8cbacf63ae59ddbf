internal import Glibc

/// Shannon's entropy of some bytes.
struct Entropy {
    private var counts = [UInt16](repeating: 0, count: 256)
    private var total = 0
    private(set) var distinct = 0

    mutating func add(_ byte: UInt8) {
        if counts[Int(byte)] == 0 { distinct += 1 }
        counts[Int(byte)] += 1
        total += 1
    }

    /// Bits per byte.
    var bits: Double {
        guard total > 0 else { return 0 }
        var sum = 0.0
        for count in counts where count > 0 { sum += Double(count) * log2(Double(count)) }
        return log2(Double(total)) - sum / Double(total)
    }

    /// The most that so many different bytes can have.
    static func bits(ofUniform count: Int) -> Double { log2(Double(max(count, 1))) }
}
