"""The reviewer API and its plain pages."""
