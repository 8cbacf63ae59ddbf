/// A metric of Prometheus' text format (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
package struct Metric: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    enum Value: Sendable {
        case of(Double)
        /// Counted in a `counters` hash of Redis under that name, in units of so much.
        case counted(name: String, unit: Double)
    }

    let name: String
    let kind: Kind
    let help: String
    /// With their labels. All stand there from the start, at zero: a rate over the first event is not lost.
    let samples: [(labels: String, value: Value)]
    /// Known without Redis.
    private(set) var isOfHost = false

    /// The same, known without Redis.
    var ofHost: Metric {
        var metric = self
        metric.isOfHost = true
        return metric
    }

    var head: String { "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" }

    /// - Parameter counters: of Redis, named as there.
    func samples(_ counters: [String: Int64]) -> [MetricSample] {
        samples.map { labels, value in
            switch value {
            case .of(let number): MetricSample(name: name + labels, value: number)
            case .counted(let counter, let unit):
                MetricSample(name: name + labels, value: Double(counters[counter] ?? 0) / unit)
            }
        }
    }
}

// MARK: - Kinds

extension Metric {
    static func gauge(_ name: String, _ help: String, _ number: some BinaryInteger) -> Metric {
        gauge(name, help, Double(number))
    }

    static func gauge(_ name: String, _ help: String, _ number: Double) -> Metric {
        Metric(name: name, kind: .gauge, help: help, samples: [("", .of(number))])
    }

    static func gauge(_ name: String, _ help: String, _ flag: Bool) -> Metric { gauge(name, help, flag ? 1 : 0) }

    /// When something was, in seconds since 1970; 0 for never.
    static func gauge(_ name: String, _ help: String, when time: Timestamp?) -> Metric {
        gauge(name, help, Double(time?.milliseconds ?? 0) / 1000)
    }

    /// How long ago something was, in seconds; 0 where it never was.
    static func gauge(_ name: String, _ help: String, since time: Timestamp?, _ now: Timestamp) -> Metric {
        gauge(name, help, time.map { Double(max(0, now.milliseconds - $0.milliseconds)) / 1000 } ?? 0)
    }

    /// With a label of so many values.
    static func gauge(_ name: String, _ help: String, by label: String, _ values: [(String, Int64)]) -> Metric {
        let samples = values.map { ("{\(label)=\"\($0)\"}", Value.of(Double($1))) }
        return Metric(name: name, kind: .gauge, help: help, samples: samples)
    }

    /// What may not be known: then it has no sample.
    static func known(_ name: String, _ help: String, _ number: Double?) -> Metric {
        Metric(name: name, kind: .gauge, help: help, samples: number.map { [("", .of($0))] } ?? [])
    }

    /// The same with a label of so many values, which settings may have chosen.
    static func shares(_ name: String, _ help: String, by label: String, _ values: [(String, Double?)]) -> Metric {
        let samples = values.compactMap { value, number in
            number.map { ("{\(label)=\"\(escaped(value))\"}", Value.of($0)) }
        }
        return Metric(name: name, kind: .gauge, help: help, samples: samples)
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\", "\"": text += "\\\(character)"
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }

    static func counter(_ name: String, _ help: String, _ number: Int64) -> Metric {
        Metric(name: name, kind: .counter, help: help, samples: [("", .of(Double(number)))])
    }

    /// Of Redis' counters; the name is the same there unless it says otherwise.
    static func counter(_ name: String, _ help: String, from counter: String? = nil, unit: Double = 1) -> Metric {
        Metric(
            name: name, kind: .counter, help: help, samples: [("", .counted(name: counter ?? name, unit: unit))])
    }

    /// Of Redis' counters, whose names have the labels in them.
    static func counter(_ name: String, _ help: String, by label: String, _ values: [String]) -> Metric {
        let samples = values.map { value in
            let labels = "{\(label)=\"\(value)\"}"
            return (labels, Value.counted(name: name + labels, unit: 1))
        }
        return Metric(name: name, kind: .counter, help: help, samples: samples)
    }
}

/// One number, named as Prometheus spells it, labels included.
package struct MetricSample: Sendable, Equatable {
    package let name: String
    package let value: Double

    /// Whole numbers without a point.
    var text: String {
        value == value.rounded() && abs(value) < 1e15 ? "\(name) \(Int64(value))\n" : "\(name) \(value)\n"
    }
}
