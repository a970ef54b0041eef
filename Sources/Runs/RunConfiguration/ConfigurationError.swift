/// What is wrong with a value of a configuration, and where it was said.
public struct ConfigurationError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum What: Hashable, Sendable {
    /// No key of this name; the keys that there are.
    case unknownKey(known: [String])
    /// The word that was chosen for an owner, `schedule`, has no such number; the words that have it.
    case otherWord(owner: String, word: String, having: [String])
    /// The value has not the form of the key.
    case wrongValue(SettingForm, found: String)
  }

  /// The key's name as it was written.
  public var key: String
  /// What is wrong.
  public var what: What
  /// Where it was said.
  public var source: ConfigurationSource

  /// Says what is wrong.
  public init(_ key: String, _ what: What, _ source: ConfigurationSource) {
    (self.key, self.what, self.source) = (key, what, source)
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it; of a flag in one line.
  public var description: String {
    switch (source, what) {
    case (.flag(let flag), .wrongValue(let form, let found)):
      "\(flag) must be \(form.expectedOfFlag), found \(form.isWord ? "'\(found)'" : found)."
    case (.form, .wrongValue(let form, let found)):
      "\(key): a run cannot use this value.\n  found: \(found)\n  fix:   give \(form.expected)"
    case (_, .wrongValue(let form, let found)):
      "\(source): '\(key)' must be \(form.expected).\n  found: \(found)\n  fix:   "
        + Self.fix(of: key, form, found)
    case (_, .otherWord(let owner, let word, let having)):
      "\(source): \(owner) '\(word)' has no '\(key)'.\n  found: \(key)\n  fix:   leave it out, or take "
        + "\(owner) \(having.joined(separator: " or ")), which \(having.count == 1 ? "has" : "have") it"
    case (_, .unknownKey(let known)):
      "\(source): unknown key '\(key)'.\n  found: \(key)\n  fix:   "
        + (nearest(to: key, in: known).map { "did you mean '\($0)'? " } ?? "")
        + "keys are \(known.joined(separator: ", "))"
    }
  }

  private static func fix(of key: String, _ form: SettingForm, _ found: String) -> String {
    if let near = nearest(to: found, in: form.words) { return "did you mean '\(near)'?" }
    return "write '\(key): …' with \(form.expected)"
  }
}
