extension ModelCatalog {
    /// The models that predict kernels, the one to take by default first.
    package static var kernelPredictors: [Model] {
        models.filter { model in
            NetworkArchitecture.all.contains { $0.name == model.family && $0.form == .adaptive }
        }
    }
}

extension ScaleSet {
    /// The networks that predict kernels, by rising scale.
    package var adaptiveNetworks: [AdaptiveNetwork] { members.compactMap(\.network.adaptive) }
}
