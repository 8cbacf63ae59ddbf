/// A metric of Prometheus' text format (<https://prometheus.io/docs/instrumenting/exposition_formats/>).
struct Metric: Sendable {
    enum Kind: String { case counter, gauge, histogram }

    let name: String
    let kind: Kind
    let help: String
    /// The labels of its samples, which stand there from the start, at zero: a rate over the first event is not lost.
    var labels: [String] = [""]
    /// Known without Redis.
    var isOfHost = false

    static func counter(_ name: String, _ help: String, _ labels: [String] = [""]) -> Metric {
        Metric(name: name, kind: .counter, help: help, labels: labels)
    }

    static func gauge(_ name: String, _ help: String, _ labels: [String] = [""]) -> Metric {
        Metric(name: name, kind: .gauge, help: help, labels: labels)
    }

    /// The same, known without Redis.
    var ofHost: Metric {
        var metric = self
        metric.isOfHost = true
        return metric
    }

    /// `{state="dead"}` for each value.
    static func labels(_ name: String, _ values: [String]) -> [String] { values.map { "{\(name)=\"\($0)\"}" } }

    /// - Parameter values: of samples, named with their labels.
    func samples(_ values: [String: Double]) -> [MetricSample] {
        labels.map { MetricSample(name: name + $0, value: values[name + $0] ?? 0) }
    }

    var head: String { "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" }
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
