/// The answer to a prober: well or not, and a text that may be public.
package struct BackendHealth: Equatable, Sendable {
    package var isWell: Bool
    package var json: [UInt8]

    package init(isWell: Bool, json: [UInt8]) {
        self.isWell = isWell
        self.json = json
    }
}
