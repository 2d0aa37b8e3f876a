"""The least that a page of Streamlit can be: a slider, a line of text and a chart, drawn at every move."""

import plotly.graph_objects as go
import streamlit as st

level = st.slider("level", 1, 16, 8, key="level")
st.markdown(f"{level}")
st.plotly_chart(go.Figure(go.Scatter(x=list(range(17)), y=[level] * 17)), key="chart")
