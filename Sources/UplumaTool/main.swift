print("upluma")
