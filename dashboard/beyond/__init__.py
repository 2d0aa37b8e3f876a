"""The page 'Beyond the mixture': what a model makes of functions that pretraining had not."""
