import Datasets
import Models
import Runs

extension TrainingAdvice {
  /// What is advised for data by their name on the command line, behind it the rule that a model is
  /// made for or learns best with, and what is advised for the model on these data.
  static func layers(on name: String, model: String) -> [ConfigurationLayer] {
    let own = ModelRegistry.entries.first { $0.name == model }?.ownRule?.layer(for: model)
    guard let advice = on(name) else { return own.map { [$0] } ?? [] }
    return [advice.layer(for: name)] + (own.map { [$0] } ?? [])
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

extension OwnRule {
  fileprivate func layer(for model: String) -> ConfigurationLayer {
    let source = ConfigurationSource.advice(model)
    var layer = ConfigurationLayer()
    layer.add("optimizer", rule.word, source)
    layer.add("lr", learningRate, source)
    layer.add("batch", batchSize, source)
    layer.add("embedding", embeddingWidth, source)
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
