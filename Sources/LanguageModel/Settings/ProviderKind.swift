package import Domain

/// Which protocol a provider speaks.
package typealias ProviderKind = ProviderConfiguration.Kind
