"""The page 'Prompt lab': points of one's own, and what each learner makes of them."""
