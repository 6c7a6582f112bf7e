"""What ``python -m function_app`` does beside serving."""
