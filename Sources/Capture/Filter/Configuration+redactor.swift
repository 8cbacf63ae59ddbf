internal import Domain
package import Redaction
internal import Settings

extension Configuration {
    /// The redactor with the person's own patterns, which were checked when the configuration was read.
    package var redactor: Redactor {
        Redactor(
            extraPatterns: secretPatterns.sorted { $0.key < $1.key }.compactMap {
                try? SecretPattern(kind: $0.key, pattern: $0.value)
            })
    }
}
