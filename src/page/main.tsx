import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './page.css';
import { App } from './app.tsx';
import { connect } from './live.ts';

const page = document.getElementById('page');
if (page !== null) {
  page.textContent = '';
  render(<App />, page);
  connect();
}
