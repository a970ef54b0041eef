import Datasets
import Runs

extension TrainingAdvice {
  /// What is advised for data by their name on the command line, and behind it what is advised for a
  /// model on them.
  static func layers(on name: String, model: String) -> [ConfigurationLayer] {
    guard let advice = on(name) else { return [] }
    return [advice.layer(for: name)]
      + (advice.models[model].map { [$0.layer(for: "\(model) on \(name)")] } ?? [])
  }

  private func layer(for name: String) -> ConfigurationLayer {
    let source = ConfigurationSource.advice(name)
    var layer = ConfigurationLayer()
    layer.add("optimizer", optimizer.rawValue, source)
    layer.add("lr", learningRate, source)
    layer.add("warm-up", warmUpSteps, source)
    layer.add("batch", batchSize, source)
    layer.add("evaluate-every", evaluationInterval, source)
    return layer
  }
}

extension TrainingAdvice.Change {
  fileprivate func layer(for name: String) -> ConfigurationLayer {
    let source = ConfigurationSource.advice(name)
    var layer = ConfigurationLayer()
    layer.add("lr", learningRate, source)
    layer.add("warm-up", warmUpSteps, source)
    for (name, value) in options.sorted(by: { $0.key < $1.key }) {
      layer.add("model.\(name)", value, source)
    }
    return layer
  }
}
