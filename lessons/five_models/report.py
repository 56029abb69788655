"""What the student's report says of its trainings: its tables, its times and its settings, as they are printed there.

`seconds` is the time of the whole training. `batch` is what the text says, None where it gives no number.
"""

REPORT = {
    "Model 1": {
        "rows": 2000, "epochs": 3, "batch": 16, "length": 128, "seconds": 390,
        "training": [0.3630, 0.2588, 0.1764], "validation": [0.3958, 0.4340, 0.4070],
    },
    "Model 2": {
        "rows": 2000, "epochs": 2, "batch": 16, "length": 128, "seconds": 540,
        "training": [0.3741, 0.2457], "validation": [0.3840, 0.3675],
    },
    "Model 3": {
        "rows": 2000, "epochs": 2, "batch": 32, "length": 128, "seconds": 530,
        "training": [0.2179, 0.1823], "validation": [0.3916, 0.4092],
    },
    "Model 4": {
        "rows": 2000, "epochs": 3, "batch": None, "length": 128, "seconds": 868,
        "training": [0.1187, 0.1124, 0.0377], "validation": [0.5945, 0.5918, 0.5751],
    },
    "Model 5": {
        "rows": 2000, "epochs": 2, "batch": 16, "length": 100, "seconds": 179,
        "training": [0.4560, 0.3167], "validation": [0.4139, 0.3885],
    },
    "refined": {
        "rows": 3000, "epochs": 3, "batch": 32, "length": 100, "seconds": 436,
        "training": [0.4348, 0.3018, 0.1041], "validation": [0.3785, 0.4008, 0.5126],
    },
    "tweets": {
        "rows": 2000, "epochs": 2, "batch": 16, "length": 70, "seconds": 307,
        "training": [0.4864, 0.3563], "validation": [0.43424, 0.437475],
    },
}  # fmt: skip
