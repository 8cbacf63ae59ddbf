internal import Domain
package import Settings

/// Which protocol a provider speaks.
package typealias ProviderKind = ProviderConfiguration.Kind
