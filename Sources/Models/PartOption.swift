/// A choice of a part of a model, as the whole model's configuration reaches it.
public struct PartOption<Configuration>: Sendable {
  let expected: String
  let set: @Sendable (String, inout Configuration) -> Bool
  let text: @Sendable (Configuration) -> String
}

extension ModelOption {
  /// The same choice of a whole that has this configuration as a part: `experts` of `mmoe` is
  /// `mmoe.experts`.
  func lifted<Whole>(
    to path: WritableKeyPath<Whole, Configuration> & Sendable, under part: String
  ) -> ModelOption<Whole> {
    ModelOption<Whole>(
      "\(part).\(name)",
      .part(
        PartOption(
          expected: expected, set: { text, whole in set(text, in: &whole[keyPath: path]) },
          text: { whole in text(of: whole[keyPath: path]) })), summary)
  }
}
