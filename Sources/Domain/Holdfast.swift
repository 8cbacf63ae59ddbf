/// What all executables say of themselves.
package enum Holdfast {
    package static let version = "0.1.0"
}
